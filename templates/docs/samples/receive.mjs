import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace(/^whsec_/, ""), "base64");
const seen = new Set(); // a database, so that a restart does not forget

function isGenuine(headers, body) {
  const sent = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(sent)) > 300) return false;
  const content = Buffer.concat([Buffer.from(`${headers["webhook-id"]}.${sent}.`), body]);
  const expected = Buffer.from(`v1,${createHmac("sha256", key).update(content).digest("base64")}`);
  return headers["webhook-signature"].split(" ").some((one) => {
    const given = Buffer.from(one);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray());
  const genuine = isGenuine(request.headers, body);
  const id = request.headers["webhook-id"];
  if (genuine && !seen.has(id)) {
    seen.add(id);
    const event = JSON.parse(body);
    console.log(event.type, JSON.stringify(event.data));
  }
  response.writeHead(genuine ? 204 : 401).end();
}).listen(Number(process.env.PORT), "127.0.0.1");
