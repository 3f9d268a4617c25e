// Two comforts, and nothing that the pages need: times as the reader writes them, and pages that
// follow what happens. Without this script a page loads itself again.
"use strict";

const written = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    time.textContent = written.format(moment);
    time.title = exact.format(moment);
  }
}

// Reduced motion: the same news, less often.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return true;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  localise(next);
  for (const region of document.querySelectorAll("[data-region]")) {
    const other = next.getElementById(region.id);
    // Whoever reads or types there is not disturbed.
    if (!other || other.innerHTML === region.innerHTML || region.contains(document.activeElement)) continue;
    region.replaceChildren(...document.adoptNode(other).childNodes);
  }
  document.title = next.title;
  return next.body.hasAttribute("data-live");
}

async function follow() {
  const seconds = Number(document.body.dataset.live) * (calm.matches ? 3 : 1);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  let goesOn = true;
  try {
    if (!document.hidden) goesOn = await refresh();
  } catch {
    // The gateway does not answer just now.
  }
  if (goesOn) follow();
}

localise(document);
if (document.body.dataset.live) follow();
