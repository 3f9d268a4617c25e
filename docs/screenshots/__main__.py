"""`python -m docs.screenshots`: the console's pictures, taken on a local cloud of their own."""

import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from docs.screenshots.sample_data import SampleData
from local.running import Blueprint, running_cloud

FOLDER = Path(__file__).parent
_SIZES = {"desktop": (1280, 800), "phone": (390, 780)}
_SCHEMES = ("light", "dark")
_COLOURS = 192  # of a palette: a page of text needs no more, and its picture stays small


def main() -> None:
    """Create sample data, and take a picture of each page in each scheme at each width."""
    # Debian's, or what stands in for it elsewhere: see `make browser`.
    browsers = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    executable = next(filter(None, browsers), None)
    with (
        tempfile.TemporaryDirectory() as home,
        running_cloud(Blueprint(home=Path(home)), print) as cloud,
        sync_playwright() as playwright,
    ):
        sample_data = SampleData(cloud)
        pages = sample_data.create()
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        for device, (width, height) in _SIZES.items():
            for scheme in _SCHEMES:
                page = browser.new_page(
                    base_url=cloud.address["gateway"],
                    viewport={"width": width, "height": height},
                    color_scheme="light" if scheme == "light" else "dark",
                    reduced_motion="reduce",
                )
                for name, path in pages.items():
                    page.goto(path)
                    if (check := page.get_by_role("button", name="Check")).is_visible():
                        check.click()  # shows what the form answers
                        page.wait_for_selector("#report")
                    _save(page, FOLDER / f"{name}-{device}-{scheme}.png")
        browser.close()


def _save(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
    picture.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1024} KiB")  # noqa: T201  (a command's answer)


if __name__ == "__main__":
    main()
