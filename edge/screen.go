package edge

import "time"

// Screen is what one worker sees and what the edge takes next (floor contract,
// section 3). Rev grows exactly when Flow, Mode, Step, Task.ID, Task.Orders,
// Expect, Quantity or Actions change.
type Screen struct {
	Rev      uint64    `json:"rev"`
	Flow     Flow      `json:"flow"`
	Mode     string    `json:"mode,omitempty"`
	Step     string    `json:"step,omitempty"`
	Task     *Task     `json:"task,omitempty"`
	Expect   []Expect  `json:"expect"`
	Quantity *Quantity `json:"quantity,omitempty"`
	Actions  []string  `json:"actions"`
	Work     []Waiting `json:"work,omitempty"`

	// What a page shows and no program needs; none of it raises Rev.
	Lines     []ScreenLine `json:"lines,omitempty"`
	Printer   *PrinterView `json:"printer,omitempty"`
	Box       string       `json:"box,omitempty"`
	Totes     []string     `json:"totes,omitempty"`
	Recipient *Masked      `json:"recipient,omitempty"`
	Station   string       `json:"station,omitempty"`
	Truck     *TruckView   `json:"truck,omitempty"`
	Fault     *Fault       `json:"fault,omitempty"`
	Practice  bool         `json:"practice,omitempty"` // nothing on it is real
	Knowledge *Knowledge   `json:"knowledge,omitempty"`
	Parcel    *BoxView     `json:"parcel,omitempty"`
	Together  []OrderView  `json:"together,omitempty"` // the orders that go into one box
	Why       string       `json:"why,omitempty"`      // idle: why a picker has nothing to pick, or waves are held; step held: why; a code

	Container *ContainerView `json:"container,omitempty"`
	Return    *ReturnView    `json:"return,omitempty"`
	Hospital  *HospitalView  `json:"hospital,omitempty"`
}

// Knowledge says that cancels may have been missed: the WMS has not called for
// minutes. Heard is when it last did; nil: not since the edge started.
type Knowledge struct {
	Heard *time.Time `json:"heard,omitempty"`
}

// Fault says why the step of a screen cannot go on, and that the lead is to be
// called: step printing with a label that cannot be made.
type Fault struct {
	Code  string `json:"code"`            // stable, never prose
	Field string `json:"field,omitempty"` // of the label
}

// Task names the work in hand.
type Task struct {
	ID      string     `json:"id"`
	Client  string     `json:"client,omitempty"`
	Orders  []string   `json:"orders,omitempty"`
	Carrier string     `json:"carrier,omitempty"`
	Cutoff  *time.Time `json:"cutoff,omitempty"`
	Done    int        `json:"done"`
	Of      int        `json:"of"`
	Attempt string     `json:"attempt,omitempty"` // inDoubt: which print is asked about
	Box     string     `json:"box,omitempty"`
	Trip    string     `json:"trip,omitempty"`
	Zone    string     `json:"zone,omitempty"`   // of a picker who picks one zone
	Totes   int        `json:"totes,omitempty"`  // how many totes the orders fill, where it is more than one each
	Reason  string     `json:"reason,omitempty"` // why something is counted or brought: a page shows it, it raises no Rev
}

// Expect is one thing that the edge would take now. Code is what a scanner
// would read; free totes and waybills not yet printed have none.
type Expect struct {
	Kind      string            `json:"kind"`
	Code      string            `json:"code,omitempty"`
	SKU       string            `json:"sku,omitempty"`
	Name      map[string]string `json:"name,omitempty"`
	Variant   map[string]string `json:"variant,omitempty"`
	Location  string            `json:"location,omitempty"`
	Line      string            `json:"line,omitempty"`
	Remaining int               `json:"remaining,omitempty"`
	Box       string            `json:"box,omitempty"`
	Case      int               `json:"case,omitempty"`  // pieces of the article's largest case that fits into Remaining; follows from SKU and Remaining
	Lot       string            `json:"lot,omitempty"`   // of kind lot: what was read already; its day is still wanted
	Zone      string            `json:"zone,omitempty"`  // of a tote that is to be fetched: where it was put down; follows from the task
	Later     bool              `json:"later,omitempty"` // at a truck: of a later trip than its
}

// Quantity is the counter of the item in hand, in pieces.
type Quantity struct {
	Have   int  `json:"have"`
	Want   int  `json:"want"`
	Typing bool `json:"typing"`
}

// Waiting is work that can be started.
type Waiting struct {
	Flow    Flow       `json:"flow"`
	Mode    string     `json:"mode,omitempty"`
	Zone    string     `json:"zone,omitempty"` // where the site picks by zones
	Waiting int        `json:"waiting"`
	Cutoff  *time.Time `json:"cutoff,omitempty"` // the nearest of them
}

// ScreenLine is one row of a desk's list.
type ScreenLine struct {
	Line    string            `json:"line"`
	SKU     string            `json:"sku"`
	Name    map[string]string `json:"name,omitempty"`
	Variant map[string]string `json:"variant,omitempty"`
	Have    int               `json:"have"`
	Want    int               `json:"want"`
	Code    string            `json:"code,omitempty"`
	Order   string            `json:"order,omitempty"` // where the box holds those of several

	Location string `json:"location,omitempty"` // the place that is asked about
}

// PrinterView tells a desk where its label comes out.
type PrinterView struct {
	Name  string `json:"name"`
	State string `json:"state"`

	// Where the label comes out elsewhere than usual:
	Station      string `json:"station,omitempty"`      // the desk at which that printer stands
	Instead      string `json:"instead,omitempty"`      // the printer of this desk
	InsteadState string `json:"insteadState,omitempty"` // what is wrong with it
}

// Masked is a recipient as a screen may show it.
type Masked struct {
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Address string `json:"address"`
}

// TruckView counts a truck's boxes.
type TruckView struct {
	ID      string `json:"id"`
	Dock    string `json:"dock"`
	Carrier string `json:"carrier"`
	Trip    string `json:"trip,omitempty"`
	Loaded  int    `json:"loaded"`
	Left    int    `json:"left"`

	Carriers     []string  `json:"carriers,omitempty"`
	Route        string    `json:"route,omitempty"`
	Vehicle      string    `json:"vehicle,omitempty"` // the end of its plate
	MissingTotal int       `json:"missingTotal,omitempty"`
	Missing      []Missing `json:"missing,omitempty"` // of the trip, on no truck: the first of them
	ExtraTotal   int       `json:"extraTotal,omitempty"`
	Extra        []Missing `json:"extra,omitempty"`  // on it and of a later trip: the newest
	Recent       []Missing `json:"recent,omitempty"` // on it: the newest
}

// ContainerView tells of the container in hand.
type ContainerView struct {
	ID      string `json:"id"`
	Carrier string `json:"carrier,omitempty"`
	Trip    string `json:"trip,omitempty"`
	Boxes   int    `json:"boxes"`
}

// ReturnView tells of the return in hand.
type ReturnView struct {
	ID      string       `json:"id,omitempty"`
	Order   string       `json:"order,omitempty"`
	Grades  []string     `json:"grades,omitempty"` // that may be given
	Hand    *GradedView  `json:"hand,omitempty"`
	Graded  []GradedView `json:"graded,omitempty"` // the newest first
	Came    int          `json:"came"`
	Missing int          `json:"missing"`       // pieces
	Met     string       `json:"met,omitempty"` // why what lies there was not simply taken
	What    string       `json:"what,omitempty"`
}

// GradedView is pieces that came back.
type GradedView struct {
	SKU      string            `json:"sku"`
	Name     map[string]string `json:"name,omitempty"`
	Variant  map[string]string `json:"variant,omitempty"`
	Quantity int               `json:"quantity"`
	Grade    string            `json:"grade,omitempty"`
	Place    string            `json:"place,omitempty"`
	Extra    string            `json:"extra,omitempty"`
}

// HospitalView says why a box is in the hospital and what is to be done now.
type HospitalView struct {
	Why      string     `json:"why"`
	Todo     string     `json:"todo"`
	Belt     string     `json:"belt,omitempty"` // why a belt sent it here
	Order    string     `json:"order,omitempty"`
	Carrier  string     `json:"carrier,omitempty"`
	Reason   string     `json:"reason,omitempty"`  // of a hold
	Printer  string     `json:"printer,omitempty"` // that made the label
	LastSeen string     `json:"lastSeen,omitempty"`
	Since    *time.Time `json:"since,omitempty"`
	Truck    string     `json:"truck,omitempty"`
}
