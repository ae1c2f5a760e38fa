// The edge's API: one session, JSON in and out, errors of two kinds.

const KEY = "lam.session";
const SECONDS = 20;

/** The server refused a request; `code` says why, `retryAfter` (seconds) when it may be sent again. */
export class Refused extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    Object.assign(this, { status, code, retryAfter });
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
    if (value) localStorage.setItem(KEY, value);
    else localStorage.removeItem(KEY);
  },
  onChange(callback) {
    addEventListener("storage", (event) => event.key === KEY && callback());
  },
};

/** Send a request; resolves to the JSON of the answer (null when it has none). */
export async function call(method, path, body) {
  const headers = { Accept: "application/json" };
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
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
    throw new Refused(response.status, code, message, Number(response.headers.get("Retry-After")) || 0);
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
