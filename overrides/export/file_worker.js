// Only in the zip: a page opened from a disk may start no Worker, and the search is one. It runs in a hidden frame instead.
// The frame is filled without inline script, so the page's content policy holds for it too.
if (location.protocol === "file:") window.Worker = class extends EventTarget {
  constructor(url) {
    super();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    this.room = frame.contentWindow;
    this.room.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", {data}));
    const script = this.room.document.createElement("script");
    script.src = url;
    this.ready = new Promise((done) => script.addEventListener("load", done));
    this.room.document.body.append(script);
  }
  postMessage(data) {
    this.ready.then(() => this.room.dispatchEvent(new this.room.MessageEvent("message", {data})));
  }
};
