// every error is application/problem+json; errorCode is for programs, detail for people
const { CHATSVG_URL, CHATSVG_API_KEY } = process.env;

async function generate(wanted, tries = 3) {
  let answer;
  for (let attempt = 0; attempt < tries; attempt++) {
    answer = await fetch(`${CHATSVG_URL}/v1/svg/generate`, {
      method: "POST",
      headers: { "X-API-Key": CHATSVG_API_KEY, "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    });
    if (![429, 503].includes(answer.status)) break;
    const seconds = Number(answer.headers.get("Retry-After") ?? 1);
    await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  }
  return answer;
}

const answer = await generate({ prompt: "short" });
if (!answer.ok) {
  const problem = await answer.json();
  console.log(problem.status, problem.errorCode, problem.detail, problem.requestId);
}
