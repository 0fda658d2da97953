// Runs before the theme's own script; the guide reads the same without it.
// The search index is the largest file of the site: it is fetched when a reader turns to the search field.
(() => {
  const {open, send} = XMLHttpRequest.prototype, held = [];
  let wanted = new URLSearchParams(location.search).has("q");
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    this.holdsBack = String(url).endsWith("/search_index.json");
    return open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (body) {
    if (this.holdsBack && !wanted) held.push(() => send.call(this, body));
    else send.call(this, body);
  };
  addEventListener("focusin", ({target}) => {
    if (!target.matches("[data-md-component=search-query]")) return;
    wanted = true;
    held.splice(0).forEach((request) => request());
  });
})();
