// What the pages cost a reader: node tests/bench_pages.mjs SITE [RUNS]; called by tests/bench.py.
// Serves SITE on loopback with brotli, asks Lighthouse (mobile, simulated slow 4G) and prints the median of RUNS.
import {createServer} from "node:http";
import {readFileSync, readdirSync, existsSync} from "node:fs";
import {extname, join} from "node:path";
import {brotliCompressSync} from "node:zlib";
import * as chromeLauncher from "chrome-launcher";
import lighthouse from "lighthouse";

const TYPES = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml",
  ".json": "application/json"};
const [site, runs = "5"] = process.argv.slice(2);
const packed = new Map(); // path -> its bytes, compressed once

function answer(request, response) {
  let path = join(site, decodeURIComponent(request.url.split("?")[0]));
  if (path.endsWith("/")) path += "index.html";
  if (!existsSync(path)) return response.writeHead(404).end();
  if (!packed.has(path)) packed.set(path, brotliCompressSync(readFileSync(path)));
  response.writeHead(200, {"content-type": TYPES[extname(path)] ?? "application/octet-stream",
    "content-encoding": "br", "cache-control": "max-age=31536000"}).end(packed.get(path));
}

const size = (path) => brotliCompressSync(readFileSync(join(site, path))).length / 1000;
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

const server = createServer(answer).listen(0, "127.0.0.1");
await new Promise((ready) => server.once("listening", ready));
const chrome = await chromeLauncher.launch({chromePath: "/usr/bin/chromium",
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"]});
const styles = readdirSync(join(site, "assets/stylesheets")).filter((name) => name.endsWith(".css"))
  .reduce((sum, name) => sum + size(`assets/stylesheets/${name}`), 0);
const objectives = readdirSync(site).filter((name) => name.startsWith("330."));
console.log("page".padEnd(18) + "perf a11y best  seo   LCP s TBT ms   CLS  HTML kB +CSS kB  first visit kB");
console.log("target".padEnd(18) + " 100  100  100  100  <=1.2  <=30     0          <=14.6           <=100");
for (const path of ["", ...objectives.sort().map((name) => `${name}/`)]) {
  const found = [];
  for (let run = 0; run < Number(runs); run++) {
    const {lhr} = await lighthouse(`http://127.0.0.1:${server.address().port}/${path}`,
      {port: chrome.port, output: "json", logLevel: "error"});
    const value = (name) => lhr.audits[name].numericValue;
    found.push([...["performance", "accessibility", "best-practices", "seo"].map((name) => lhr.categories[name].score * 100),
      value("largest-contentful-paint") / 1000, value("total-blocking-time"), value("cumulative-layout-shift"),
      value("total-byte-weight") / 1000]);
  }
  const [perf, access, best, seo, lcp, tbt, cls, visit] = found[0].map((_, n) => median(found.map((row) => row[n])));
  const html = size(`${path}index.html`);
  console.log(`/${path}`.padEnd(18) + [perf, access, best, seo].map((score) => score.toFixed(0).padStart(4)).join(" ")
    + lcp.toFixed(2).padStart(8) + tbt.toFixed(0).padStart(7) + cls.toFixed(2).padStart(6)
    + html.toFixed(1).padStart(9) + (html + styles).toFixed(1).padStart(8) + visit.toFixed(0).padStart(16));
}
chrome.kill();
server.close();
