package edge

// Material is packaging that went into a box, or the carton itself: what the WMS
// books off its stock. Kind is box (What is the box type) or that of an extra.
type Material struct {
	Kind     string `json:"kind"`
	What     string `json:"what,omitempty"` // the article or the box type
	Order    string `json:"order,omitempty"`
	Quantity int    `json:"quantity"`
}

// AppendJSON implements Data.
func (d *Material) AppendJSON(b []byte) []byte {
	w := object(b)
	w.must("kind", d.Kind)
	w.str("what", d.What)
	w.str("order", d.Order)
	w.int("quantity", d.Quantity)
	return w.end()
}

// PackPolicy is [pack] of the configuration. Both tolerances 0 are the defaults.
type PackPolicy struct {
	BoxType       string // required: each box names its type before it is closed; else optional
	WeightPercent int    // what a box may differ from its expected weight: a share of it
	WeightGrams   int    // and grams on top, for tape and filling
	Reprints      int    // of one number without a lead; 0 is no limit
}

// OrdersPolicy is [orders] of the configuration.
type OrdersPolicy struct {
	DuplicateHours int // within which the same goods for the same recipient are suspect; 0 is never
}

// PickStation is the station of boxes whose label is made when their picking
// begins: the one printer of [pick] prints for it. No desk has this name.
const PickStation = "pick"

// Members lists the orders whose goods go into the box, its own first.
func (b *Box) Members() []string {
	if len(b.With) == 0 {
		return []string{b.Order}
	}
	return append([]string{b.Order}, b.With...)
}

// Of tells whose an item of the box is.
func (b *Box) OrderOf(it *BoxItem) string {
	if it.Order != "" {
		return it.Order
	}
	return b.Order
}

// BoxView is what a page shows of the box in hand.
type BoxView struct {
	N        int    `json:"n"`
	Of       int    `json:"of,omitempty"` // 0: not known yet
	Type     string `json:"type,omitempty"`
	TypeName Text   `json:"typeName,omitempty"`
	Advised  string `json:"advised,omitempty"` // the box type that fits the goods
	Advice   Text   `json:"advice,omitempty"`  // its name
	Grams    string `json:"grams,omitempty"`
	Expected int    `json:"expected,omitempty"` // grams; 0: not known
	Slack    int    `json:"slack,omitempty"`    // grams that it may differ
	Copy     int    `json:"copy,omitempty"`     // of the label that is on its way, from 2
	Attempt  string `json:"attempt,omitempty"`  // whose picture may be shown
}

// OrderView is one of several orders that go into one box.
type OrderView struct {
	Order string `json:"order"`
	Have  int    `json:"have"`
	Want  int    `json:"want"`
	Out   bool   `json:"out,omitempty"`   // its goods are to be taken out of the box
	Stops bool   `json:"stops,omitempty"` // the step is about it: cancelled, held, to be taken out
	Less  bool   `json:"less,omitempty"`  // it is not cancelled: these pieces of it are to come out
}
