// The guide: the chosen language is remembered, the list says where one is, and a key can be tried.
const STORED = "docs-language";
const radios = [...document.querySelectorAll('[name="language"]')];

function remember(language) {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // it lasts for this page then
  }
}

function choose(language) {
  const radio = radios.find((one) => one.value === language);
  if (radio) radio.checked = true;
}

/** As the tab that was clicked goes, the same one of the sample that comes has the focus. */
function swap(tab) {
  const group = tab.closest(".samples");
  const before = group.getBoundingClientRect().top;
  choose(tab.dataset.language);
  remember(tab.dataset.language);
  scrollBy({ top: group.getBoundingClientRect().top - before, behavior: "instant" });
  group.querySelector(`.sample-${tab.dataset.language} [aria-pressed="true"]`).focus();
}

try {
  choose(localStorage.getItem(STORED));
} catch {
  // the first one it is
}
document.addEventListener("change", ({ target }) => target.name === "language" && remember(target.value));
document.addEventListener("click", ({ target }) => {
  const tab = target.closest(".sample-tab");
  if (tab) swap(tab);
});

// --- where one is ---
const links = new Map(
  [...document.querySelectorAll('.docs-nav a[href^="#"]')].map((link) => [link.hash.slice(1), link]),
);
const sections = [...links.keys()].map((id) => document.getElementById(id));

function point() {
  const line = innerHeight / 3;
  const passed = sections.filter((one) => one.getBoundingClientRect().top <= line);
  const isEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const current = isEnd ? sections.at(-1) : (passed.at(-1) ?? sections[0]);
  for (const [id, link] of links) {
    if (id === current.id) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

let isDue = false;
addEventListener(
  "scroll",
  () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      point();
    });
  },
  { passive: true },
);
point();

// --- trying the key ---
const form = document.querySelector("[data-run]");
const place = document.querySelector("[data-answer]");

function ask(key, wanted) {
  return fetch("/v1/svg/generate", {
    method: "POST",
    headers: { "X-API-Key": key, "Content-Type": "application/json", Prefer: "wait=30" },
    body: JSON.stringify(wanted),
    credentials: "omit",
  });
}

function picture(svg, prompt) {
  const image = new Image(160, 160);
  image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
  image.alt = prompt;
  return image;
}

function say(...parts) {
  place.replaceChildren(...parts);
  place.hidden = false;
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

async function run() {
  const wanted = Object.fromEntries(new FormData(form));
  const began = performance.now();
  const answer = await ask(document.getElementById("docs-key").textContent, wanted);
  const body = await answer.json();
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const status = `${answer.status} ${answer.statusText} after ${seconds} s`;
  if (body.job?.svg) say(picture(body.job.svg, wanted.prompt), line(status));
  else say(line(`${status}: ${body.detail ?? body.job?.errorMessage ?? "the job is under way"}`));
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  say(line("Drawing…"));
  try {
    await run();
  } catch {
    say(line("There was no answer. Please try again."));
  } finally {
    button.disabled = false;
  }
});
