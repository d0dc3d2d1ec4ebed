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
  lot?: string; // of kind lot: read already, its day is still wanted
  zone?: string; // of a tote to fetch: where it was put down
  later?: boolean; // at a truck: of a later trip than its
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
  order?: string; // where the box holds those of several
  location?: string;
}

// Parcel is the box in hand.
export interface Parcel {
  n: number; of?: number; type?: string; typeName?: Names; advised?: string; advice?: Names;
  grams?: string; expected?: number; slack?: number; copy?: number; attempt?: string;
}
export interface Seen { box: string; waybill?: string; lastSeen?: string; since?: string; container?: string; order?: string; why?: string }
export interface Graded { sku: string; name?: Names; variant?: Names; quantity: number; grade?: string; place?: string; extra?: string }

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
  parcel?: Parcel;
  why?: string; // idle: why a picker has nothing to pick, or waves are held; step held: the reason of the hold
  together?: { order: string; have: number; want: number; out?: boolean; stops?: boolean; less?: boolean }[]; // the orders that go into one box
  truck?: {
    id: string; dock: string; carrier: string; trip?: string; loaded: number; left: number; carriers?: string[]; route?: string; vehicle?: string;
    missingTotal?: number; missing?: Seen[]; extraTotal?: number; extra?: Seen[]; recent?: Seen[];
  };
  container?: { id: string; carrier?: string; trip?: string; boxes: number };
  return?: { id?: string; order?: string; grades?: string[]; hand?: Graded; graded?: Graded[]; came: number; missing: number; met?: string; what?: string };
  hospital?: { why: string; todo: string; belt?: string; order?: string; carrier?: string; reason?: string; printer?: string; lastSeen?: string; since?: string; truck?: string };
  practice?: boolean; // nothing on it is real
  knowledge?: { heard?: string }; // the WMS was not heard for minutes: cancels may be missing
  fault?: { code: string; field?: string }; // step printing: why the label cannot be made
}

// Article is a scanned article that was refused: it need not stand on the screen.
export interface Article { sku: string; name?: Names; variant?: Names }

export interface Verdict {
  t: "verdict";
  id: string;
  ok: boolean;
  code: string;
  say: Say;
  receipt?: Receipt;
  screen?: Screen;
  article?: Article;
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
  practice?: boolean;
  pin?: string; // of a badge that was just approved: told once
}
