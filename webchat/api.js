// The edge's API: one session, JSON in and out, errors of two kinds.

const KEY = "lam.session";
const SECONDS = 20;
const MOMENT = 2000; // in so many milliseconds another tab's new token comes, if one does

/** The server refused a request; `code` says why. */
export class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code });
  }
}

/** The server could not be reached, or failed: the same request may be sent again. */
export class Unreachable extends Error {}

/** The token of this browser's conversation. Other tabs share it. */
export const session = {
  get token() {
    return localStorage.getItem(KEY);
  },
  set token(value) {
    localStorage.setItem(KEY, value);
  },
  onChange(callback) {
    addEventListener("storage", (event) => event.key === KEY && callback());
  },

  /** Resolve when another tab has put a token in the place of `old`, or after a moment without one. */
  async changed(old) {
    for (let waited = 0; this.token === old && waited < MOMENT; waited += 50) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  },

  /** Begin a new session in the place of `old`, unless another tab was faster. */
  async replace(old) {
    const found = await call("POST", "/api/session", {}, null);
    if (this.token === old) this.token = found.token;
  },
};

/** Send a request; resolves to the JSON of the answer (null when it has none). */
export async function call(method, path, body, token = session.token) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response, text;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(SECONDS * 1000),
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if (response.status >= 500 && path !== "/health/ready") throw new Unreachable(`status ${response.status}`);
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    throw new Unreachable("the answer is not from our server");
  }
  if (!response.ok && path !== "/health/ready") {
    const { code = "other", message = "" } = data?.error ?? {};
    throw new Refused(response.status, code, message);
  }
  return data;
}

/** A random UUID, also where the page is not served over HTTPS. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Wait for so many milliseconds, or until the browser is online again. */
export function pause(milliseconds) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener("online", done);
  });
}
