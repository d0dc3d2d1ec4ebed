// Calls to the edge over HTTP. A problem document becomes a Problem with its
// stable code; a line that is down one with the code "offline".

export class Problem extends Error {
  constructor(public status: number, public code: string, public retryAfter: number) {
    super(code);
  }
}

const patience = 15000; // ms

export function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const init: RequestInit = { method, credentials: "same-origin" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "Content-Type": "application/json" };
  }
  const late = new Promise<Response>((_, reject) => setTimeout(() => reject(new Problem(0, "offline", 0)), patience));
  return Promise.race([fetch(path, init), late]).then(
    (r) => read<T>(r),
    () => {
      throw new Problem(0, "offline", 0);
    },
  );
}

async function read<T>(r: Response): Promise<T> {
  if (r.status === 204) return undefined as unknown as T;
  let body: any;
  try {
    body = await r.json();
  } catch (_) {
    body = undefined;
  }
  if (r.ok && body !== undefined) return body as T;
  throw new Problem(r.status, (body && body.code) || "http", Number(r.headers.get("Retry-After")) || 0);
}
