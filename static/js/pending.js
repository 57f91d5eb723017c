// A page that waits for news from elsewhere: looks every few seconds, and shows itself anew then.
const SECONDS = 3;
const MOST = 200;

async function hasNews() {
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    return answer.ok && !(await answer.text()).includes("data-pending");
  } catch {
    return false; // no network just now
  }
}

async function look(tries) {
  if (!document.hidden && (await hasNews())) location.replace(location.pathname);
  else if (tries) setTimeout(look, SECONDS * 1000, tries - 1);
}

setTimeout(look, SECONDS * 1000, MOST);
