// What the edge sends (floor contract, sections 1 to 3). Fields that have
// nothing to say are absent.

export type Names = { [language: string]: string };
export type Args = { [name: string]: string | number };

export interface Say { key: string; args?: Args }
export interface Receipt { epoch: string; seq: number; at: string }

export interface Expect {
  kind: string;
  code?: string;
  sku?: string;
  name?: Names;
  variant?: Names;
  location?: string;
  line?: string;
  remaining?: number;
  box?: string;
  case?: number; // pieces of a case
}

export interface Task {
  id: string;
  client?: string;
  orders?: string[];
  carrier?: string;
  cutoff?: string;
  done: number;
  of: number;
  attempt?: string;
  box?: string;
  trip?: string;
  zone?: string;
  totes?: number; // that the orders fill, where more than one
  reason?: string; // why something is counted or brought
}

export interface Waiting { flow: string; mode?: string; zone?: string; waiting: number; cutoff?: string }

export interface Line {
  line: string;
  sku: string;
  name?: Names;
  variant?: Names;
  have: number;
  want: number;
  code?: string;
  location?: string;
}

export interface Screen {
  rev: number;
  flow: string;
  mode?: string;
  step?: string;
  task?: Task;
  expect: Expect[];
  quantity?: { have: number; want: number; typing: boolean };
  actions: string[];
  work?: Waiting[];
  lines?: Line[];
  printer?: { name: string; state: string; station?: string; instead?: string; insteadState?: string };
  box?: string;
  totes?: string[];
  recipient?: { name: string; phone: string; address: string };
  station?: string;
  truck?: { id: string; dock: string; carrier: string; trip?: string; loaded: number; left: number };
  knowledge?: { heard?: string }; // the WMS was not heard for minutes: cancels may be missing
  fault?: { code: string; field?: string }; // step printing: why the label cannot be made
}

export interface Verdict {
  t: "verdict";
  id: string;
  ok: boolean;
  code: string;
  say: Say;
  receipt?: Receipt;
  screen?: Screen;
  repeat?: boolean;
}

export type Frame =
  | { t: "hello"; version: number; epoch: string; edgeTime: string; session: string; maxFrame: number }
  | { t: "screen"; screen: Screen }
  | Verdict
  | { t: "seen"; epoch: string; seq: number }
  | { t: "notice"; code: string; say: Say }
  | { t: "error"; id?: string; code: string; detail: string; retry: boolean };

export interface Session {
  session: string;
  worker: { id: string; name: string; roles: string[]; language?: string };
  edgeTime: string;
  expires: string;
  site?: string;
}
