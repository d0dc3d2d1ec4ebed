package crew

import (
	"encoding/json"
	"slices"
	"time"
)

// The frames of the floor contract, section 2 and 3, as far as a worker needs
// them. Unknown fields are ignored.

// message is a scan or an act on its way to the edge.
type message struct {
	T      string         `json:"t"`
	ID     string         `json:"id"`
	Code   string         `json:"code,omitempty"`
	Source string         `json:"source,omitempty"`
	Action string         `json:"action,omitempty"`
	Args   map[string]any `json:"args,omitempty"`
	Rev    uint64         `json:"rev,omitempty"`
	At     string         `json:"at"`

	kind  string // what was scanned, or the flow of an act: for the statistics
	flow  string // that a scan was made in
	again bool   // sent once more after its verdict
}

// say is the key and arguments that a screen translates.
type say struct {
	Key  string `json:"key"`
	Args struct {
		Why string `json:"why"`
	} `json:"args"`
}

// receipt names the last event that a message caused.
type receipt struct {
	Epoch string `json:"epoch"`
	Seq   uint64 `json:"seq"`
}

// frame is any frame from the edge.
type frame struct {
	T        string    `json:"t"`
	ID       string    `json:"id"`
	OK       bool      `json:"ok"`
	Code     string    `json:"code"`
	Say      say       `json:"say"`
	Receipt  *receipt  `json:"receipt"`
	Screen   *screen   `json:"screen"`
	Repeat   bool      `json:"repeat"`
	EdgeTime time.Time `json:"edgeTime"`
	Detail   string    `json:"detail"`
	Retry    bool      `json:"retry"`
}

// screen is what the worker sees.
type screen struct {
	Rev      uint64   `json:"rev"`
	Flow     string   `json:"flow"`
	Mode     string   `json:"mode"`
	Step     string   `json:"step"`
	Task     task     `json:"task"`
	Expect   []expect `json:"expect"`
	Quantity struct {
		Have   int  `json:"have"`
		Want   int  `json:"want"`
		Typing bool `json:"typing"`
	} `json:"quantity"`
	Actions []string        `json:"actions"`
	Work    []row           `json:"work"`
	Printer json.RawMessage `json:"printer"` // a name, or an object with a name
	Box     json.RawMessage `json:"box"`
	Why     string          `json:"why"` // an idle screen: why there is nothing to pick

	Return struct {
		ID      string   `json:"id"`
		Grades  []string `json:"grades"`
		Hand    *handful `json:"hand"`
		Missing int      `json:"missing"`
		Met     string   `json:"met"`
	} `json:"return"`
	Container struct {
		ID string `json:"id"`
	} `json:"container"`
	Hospital struct {
		Todo string `json:"todo"`
		Belt string `json:"belt"`
	} `json:"hospital"`
}

// handful is pieces that came back and are in the hand.
type handful struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
	Extra    string `json:"extra"`
}

// row is work that can be started.
type row struct {
	Flow    string `json:"flow"`
	Mode    string `json:"mode"`
	Zone    string `json:"zone"`
	Waiting int    `json:"waiting"`
}

// fits tells whether a worker of this mode would press the row.
func (r row) fits(mode string) bool { return r.Mode == mode || mode == "zone" && r.Zone != "" }

// offers gives the row of a flow that a worker presses: in the mode that they
// work in, else what there is.
func (s *screen) offers(flow, mode string) (r row, ok bool) {
	for _, w := range s.Work {
		if w.Flow == flow && w.Waiting > 0 && (!ok || w.fits(mode) && !r.fits(mode)) {
			r, ok = w, true
		}
	}
	return r, ok
}

type task struct {
	ID      string     `json:"id"`
	Orders  []string   `json:"orders"`
	Carrier string     `json:"carrier"`
	Done    int        `json:"done"`
	Cutoff  *time.Time `json:"cutoff"`
	Attempt string     `json:"attempt"`
	Box     string     `json:"box"`
}

type expect struct {
	Kind      string `json:"kind"`
	Code      string `json:"code"`
	SKU       string `json:"sku"`
	Location  string `json:"location"`
	Remaining int    `json:"remaining"`
}

func (s *screen) can(action string) bool { return slices.Contains(s.Actions, action) }

// waits says whether the idle screen offers work of a flow: in its list, or as
// something to scan that begins it (a tote with goods in it, a dock).
func (s *screen) waits(flow string) bool {
	if _, ok := s.offers(flow, ""); ok {
		return true
	}
	return slices.ContainsFunc(s.Expect, func(e expect) bool {
		return e.Code != "" && (e.Kind == "dock" && flow == "load" || e.Kind == "tote" && flow == "pick")
	})
}

func (s *screen) expects(code string) bool {
	return slices.ContainsFunc(s.Expect, func(e expect) bool { return e.Code == code })
}

// named reads a field that is a text or an object with a "name" or "id".
func named(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var object struct {
		Name string `json:"name"`
		ID   string `json:"id"`
	}
	if json.Unmarshal(raw, &object) != nil {
		return ""
	}
	if object.Name != "" {
		return object.Name
	}
	return object.ID
}
