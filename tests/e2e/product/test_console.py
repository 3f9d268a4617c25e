"""The console in a real browser, on the local cloud's own gateway."""

import os
import re
import shutil

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from google.cloud import run_v2
from playwright.sync_api import expect, sync_playwright

from gateway.app import create_app
from tests.waiting import wait_for

HOSTILE = "<img src=x onerror=alert(1)>"
PATIENCE = 180_000  # milliseconds
SCHEMES = ("light", "dark")
WIDTHS = (1280, 360)

expect.set_options(timeout=PATIENCE)


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    program = next(filter(None, map(shutil.which, names)), None)
    assert program, "there is no Chromium: run `make browser`"
    return program


@pytest.fixture(scope="module")
def browser():
    # A session's sandbox needs what root in a container does not have.
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, cloud):
    """Open pages of the console; afterwards, none may have complained or asked another host."""
    contexts, complaints, hosts = [], [], set()

    def open_(path, *, complaints_expected=False, **options):
        options = {
            "viewport": {"width": 1280, "height": 800},
            "timezone_id": "Asia/Tokyo",
        } | options
        context = browser.new_context(base_url=cloud.address["gateway"], **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        if not complaints_expected:
            page.on("console", lambda message: complaints.append(message.text))
            page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
    assert hosts == {cloud.address["gateway"].split("/")[2]}


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def tab_to(page, text):
    """Press Tab until the element with that text, label or name has the focus, as a person does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        words = focused.evaluate("e => `${e.innerText} ${(e.labels?.[0] ?? {}).innerText ?? ''}`")
        if text in words:
            assert focused.evaluate("e => getComputedStyle(e).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab does not lead to {text}")


def executions(clients):
    request = {"parent": clients.settings.predict_job}
    return {each.name for each in clients.executions.list_executions(request)}


@pytest.fixture(scope="module")
def failed(cloud, clients):
    """The id of an execution that failed, launched past the gateway's own checks."""
    arguments = ["--env=dev", "--input_table=analysis.no", "--output_table=analysis.x"]
    container = run_v2.RunJobRequest.Overrides.ContainerOverride(
        args=[*arguments, "--model_name=nobody", "--model_version=v1"]
    )
    overrides = run_v2.RunJobRequest.Overrides(container_overrides=[container])
    job = run_v2.RunJobRequest(name=clients.settings.predict_job, overrides=overrides)
    execution_id = clients.jobs.run_job(job).metadata.name.rpartition("/")[2]

    def look():
        status = requests.get(f"{cloud.address['gateway']}/executions/{execution_id}", timeout=60)
        return status.json()["state"] == "FAILED"

    wait_for(look, seconds=180)
    return execution_id


@pytest.fixture(scope="module")
def hostile_model(models_bucket, registered, titanic):
    """A model whose metadata is somebody's attempt to run a script in the reader's browser."""
    metadata = titanic.metadata | {"description": HOSTILE, "</script>": HOSTILE}
    name = models_bucket.drop(titanic.pipeline, metadata, model="x" * 120)
    registered(name, "metadata IS NOT NULL")
    return name


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("text/html;q=0.5,application/json", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
    ],
)
def test_only_who_asks_for_a_page_gets_one(clients, accept, kind):
    headers = {"Accept": accept} if accept else {}
    answer = create_app(clients).test_client().get("/", headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert "Accept" in answer.headers["Vary"]
    if kind == "application/json":
        assert answer.json["service"] == "mlsys"


def test_a_prediction_is_checked_launched_and_followed_by_keyboard_alone(
    open_page, clients, titanic_model, passengers, warehouse, expected
):
    before = executions(clients)
    output = warehouse.new_table()
    page = open_page("/")
    tab_to(page, "New prediction")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/predict")
    for label, text in [
        ("Model", titanic_model),
        ("Version", "v1"),
        ("Input table", passengers),
        ("Output table", output),
    ]:
        tab_to(page, label)
        page.keyboard.type(text)
    page.keyboard.press("Escape")  # closes the suggestions
    page.keyboard.press("Enter")
    expect(page.locator("#report")).to_be_focused()
    expect(page.locator(".notice-good")).to_contain_text(output)
    assert violations(page) == []
    assert executions(clients) == before

    tab_to(page, "Launch")
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/executions/mlsys-predict-dev-*")
    page.evaluate("window.isSamePage = true")
    expect(page.locator("h1 + [role=status]")).to_have_text("Succeeded")
    assert page.evaluate("window.isSamePage"), "it follows the run without being loaded again"
    expect(page.locator(".figures")).to_contain_text(f"{len(expected):,}")
    assert len(executions(clients) - before) == 1
    assert warehouse.count(output) == len(expected)

    page.get_by_role("link", name=f"{titanic_model}/v1").click()
    expect(page.get_by_role("table", name="Committed runs")).to_contain_text(output)


def test_what_stands_in_the_way_is_said_and_nothing_is_launched(open_page, clients, passengers):
    before = executions(clients)
    page = open_page(
        "/console/predict?model_name=nobody&model_version=v9", complaints_expected=True
    )
    page.get_by_label("Input table").fill(passengers)
    page.get_by_label("Output table").fill("analysis.never")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#problems")).to_be_focused()
    expect(page.locator(".notice-bad")).to_contain_text("nobody/v9 is not in the registry")
    expect(page.get_by_label("Input table")).to_have_value(passengers)
    assert violations(page) == []
    assert executions(clients) == before


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_is_accessible_and_fits_the_window(
    open_page, failed, titanic_model, hostile_model, scheme, width
):
    page = open_page("/", color_scheme=scheme, viewport={"width": width, "height": 740})
    for path in [
        "/",
        "/console/executions?state=failed",
        "/console/executions?model=nobody-has-this",
        f"/console/executions/{failed}",
        f"/console/models/{titanic_model}/v1",
        f"/console/models/{hostile_model}/v1",
        "/console/predict",
    ]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert violations(page) == [], path


def test_a_hostile_model_is_only_words(open_page, hostile_model):
    page = open_page(f"/console/models/{hostile_model}/v1")
    expect(page.locator("main")).to_contain_text(HOSTILE)
    assert page.locator("main img").count() == 0


def test_a_failed_run_says_why_in_a_sentence_and_where_its_log_is(open_page, failed):
    page = open_page(f"/console/executions/{failed}")
    expect(page.locator("h1 + [role=status]")).to_have_text("Failed")
    expect(page.locator(".notice-bad")).to_contain_text("nobody/v1 is not in the registry")
    assert page.get_by_role("link", name="Open the log").get_attribute("href")


def test_times_are_the_reader_s_and_the_machine_s(open_page, failed):
    page = open_page(f"/console/executions/{failed}", locale="de-DE")
    time = page.locator("time").first
    assert re.fullmatch(r"\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}", time.inner_text())
    assert "GMT+9" in time.get_attribute("title")
    assert time.get_attribute("datetime").endswith("+00:00")


def test_without_javascript_the_pages_say_the_same(open_page, failed, titanic_model):
    page = open_page("/", java_script_enabled=False)
    expect(page.get_by_role("link", name=f"{titanic_model}/v1")).to_be_visible()
    page.goto(f"/console/executions/{failed}")
    expect(page.locator("time").first).to_contain_text("UTC")


def test_what_does_not_exist_is_a_page_that_says_so(open_page):
    page = open_page("/console/executions/mlsys-predict-dev-zzzzz", complaints_expected=True)
    expect(page.get_by_role("alert")).to_contain_text("EXECUTION_NOT_FOUND")
    page.goto("/console/models/nobody/v1")
    expect(page.get_by_role("alert")).to_contain_text("nobody/v1 is not in the registry")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_another_site_s_form_launches_nothing(clients, request_for, headers):
    before = executions(clients)
    request = request_for()
    names = ("model_name", "model_version", "input_table", "output_table")
    form = {name: getattr(request, name) for name in names} | {"action": "launch"}
    client = create_app(clients).test_client()
    answer = client.post("/console/predict", data=form, headers=headers)
    assert answer.status_code == 403
    assert executions(clients) == before


def test_a_second_click_launches_no_second_execution(clients, request_for):
    request = request_for()
    names = ("model_name", "model_version", "input_table", "output_table")
    form = {name: getattr(request, name) for name in names}
    form |= {"action": "launch", "run_id": "console-clicked-twice"}
    client = create_app(clients).test_client()
    headers = {"Sec-Fetch-Site": "same-origin"}
    answers = [client.post("/console/predict", data=form, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location
