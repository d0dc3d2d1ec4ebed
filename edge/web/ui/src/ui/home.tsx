// The first page: log in, then choose the screen that fits the badge.

import type { Client } from "../client";
import { text } from "../text";
import { LanguageRow } from "./login";

export function screensOf(roles: string[]): string[] {
  const any = (...r: string[]) => r.some((x) => roles.indexOf(x) >= 0);
  const out: string[] = [];
  if (any("picker", "loader", "returns", "packer")) out.push("pda");
  if (any("packer", "returns")) out.push("desk");
  if (any("lead", "admin")) out.push("lead");
  return out;
}

export function Home(p: { client: Client }) {
  const s = p.client.session;
  const screens = s ? screensOf(s.worker.roles) : [];
  return (
    <main class="login home">
      <LanguageRow onChange={() => p.client.changed()} />
      <div class="center">
        <h1>{text("home.choose")}</h1>
        <nav class="rows">
          {screens.map((n) => (
            <a key={n} class="button" href={"/" + n}>
              {text("home." + n)}
            </a>
          ))}
        </nav>
        {screens.length === 0 && <p>{text("home.none")}</p>}
      </div>
      <div class="login-foot">
        <button type="button" class="quiet" onClick={() => void p.client.logout()}>
          {text("menu.logout")} · {s && s.worker.name}
        </button>
      </div>
    </main>
  );
}
