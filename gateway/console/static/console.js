// Shows times in the reader's zone and language, and updates live pages in place. The pages work
// without it: a live page then reloads itself.
"use strict";

const short = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const long = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const date = new Date(time.dateTime);
    if (Number.isNaN(date.valueOf())) continue;
    time.textContent = short.format(date);
    time.title = long.format(date);
  }
}

// With reduced motion, live pages update less often.
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

async function refresh() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!response.ok) return true;
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  localise(next);
  for (const region of document.querySelectorAll("[data-region]")) {
    const other = next.getElementById(region.id);
    // A region that has the focus is left alone.
    if (!other || other.innerHTML === region.innerHTML || region.contains(document.activeElement)) continue;
    region.replaceChildren(...document.adoptNode(other).childNodes);
  }
  document.title = next.title;
  return next.body.hasAttribute("data-live");
}

async function follow() {
  const seconds = Number(document.body.dataset.live) * (reducedMotion.matches ? 3 : 1);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  let isLive = true;
  try {
    if (!document.hidden) isLive = await refresh();
  } catch {
    // The gateway does not answer: try again later.
  }
  if (isLive) follow();
}

localise(document);
if (document.body.dataset.live) follow();
