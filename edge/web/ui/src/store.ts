// What this browser keeps over a reload. A full or forbidden store must never
// stop the work: reads give the default and writes tell that they failed.

const prefix = "dcedge.";

export function load<T>(key: string, otherwise: T): T {
  try {
    const text = localStorage.getItem(prefix + key);
    return text === null ? otherwise : (JSON.parse(text) as T);
  } catch (_) {
    return otherwise;
  }
}

export function save(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(prefix + key, JSON.stringify(value));
    return true;
  } catch (_) {
    return false;
  }
}

// atDesk is which desk a page stands at, where it does and that was chosen.
export function atDesk(): { station?: string } {
  const station = location.pathname === "/desk" ? load("station", "") : "";
  return station ? { station } : {};
}
