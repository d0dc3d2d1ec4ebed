package reconcile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"dcedge/edge"
)

// Body is a request, and with the tags its description.
type Body struct {
	Epoch    string    `json:"epoch"`
	Scans    []string  `json:"scans"`
	Orders   []Order   `json:"orders"`
	Boxes    []Box     `json:"boxes"`
	Waybills []Waybill `json:"waybills"`
	Ranges   []Range   `json:"ranges"`
	Done     bool      `json:"done"`
}

// Order is an order and how far the WMS saw it come.
type Order struct {
	ID      string `json:"id"`
	Client  string `json:"client"`
	Carrier string `json:"carrier"`
	Stage   string `json:"stage"`
}

// Box is a box that the WMS saw closed, bound or loaded.
type Box struct {
	ID      string `json:"id"`
	Order   string `json:"order"`
	Client  string `json:"client"`
	Carrier string `json:"carrier"`
	Waybill string `json:"waybill"`
	N       int    `json:"n"`
	Stage   string `json:"stage"`
}

// Waybill is a number that was given out, wherever it is now.
type Waybill struct {
	Number  string `json:"number"`
	Carrier string `json:"carrier"`
	Box     string `json:"box"`
	Order   string `json:"order"`
	Client  string `json:"client"`
}

// Range is a range of numbers that was sent to the edge.
type Range struct {
	ID          string `json:"id"`
	Carrier     string `json:"carrier"`
	Client      string `json:"client"`
	FirstSerial uint64 `json:"firstSerial,string"`
	Count       uint64 `json:"count"`
	Epoch       string `json:"epoch"`
}

// maxID bounds every text, in bytes.
const maxID = 128

// errBody is wrapped by what is wrong with a body.
var errBody = errors.New("reconcile: body")

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errBody, fmt.Sprintf(format, args...))
}

// parse reads a body and proves every member of it.
func parse(text []byte) (*edge.Reconcile, error) {
	var b Body
	if !utf8.Valid(text) {
		return nil, bad("no UTF-8")
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&b); err != nil {
		return nil, bad("no JSON object of the right members and types")
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, bad("something stands behind the object")
	}
	out := &edge.Reconcile{Epoch: b.Epoch, Done: b.Done}
	if err := named("epoch", b.Epoch); err != nil {
		return nil, err
	}
	for i, s := range b.Scans {
		id, err := edge.ParseID(s)
		if err != nil || id.IsZero() {
			return nil, bad("scans[%d] is no id of a message", i)
		}
		out.Scans = append(out.Scans, id)
	}
	return out, errors.Join(b.orders(out), b.boxes(out), b.waybills(out), b.ranges(out))
}

func (b *Body) orders(out *edge.Reconcile) error {
	stages := []edge.OrderStage{edge.StageReceived, edge.StagePicking, edge.StagePicked, edge.StagePacking, edge.StagePacked,
		edge.StageLoaded, edge.StageShipped, edge.StageCancelled}
	for i, o := range b.Orders {
		at := fmt.Sprintf("orders[%d]", i)
		if err := errors.Join(named(at+".id", o.ID), texts(at, o.Client, o.Carrier)); err != nil {
			return err
		}
		if !slices.Contains(stages, edge.OrderStage(o.Stage)) {
			return bad("%s.stage is none of %v", at, stages)
		}
		out.Orders = append(out.Orders, edge.ReconciledOrder{ID: o.ID, Client: o.Client, Carrier: o.Carrier, Stage: edge.OrderStage(o.Stage)})
	}
	return nil
}

func (b *Body) boxes(out *edge.Reconcile) error {
	stages := []string{edge.ToldClosed, edge.ToldBound, edge.ToldLoaded}
	for i, x := range b.Boxes {
		at := fmt.Sprintf("boxes[%d]", i)
		if err := errors.Join(named(at+".id", x.ID), named(at+".order", x.Order), texts(at, x.Client, x.Carrier, x.Waybill)); err != nil {
			return err
		}
		switch {
		case !slices.Contains(stages, x.Stage):
			return bad("%s.stage is none of %v", at, stages)
		case x.Waybill == "" && x.Stage != edge.ToldClosed:
			return bad("%s.waybill is missing: a box that is %s has one", at, x.Stage)
		case x.Waybill != "" && x.Carrier == "":
			return bad("%s.carrier is missing: whose number it is", at)
		case x.N < 0 || x.N > maxBoxes:
			return bad("%s.n is not from 0 to %d", at, maxBoxes)
		}
		out.Boxes = append(out.Boxes, edge.ReconciledBox{ID: x.ID, Order: x.Order, Client: x.Client, Carrier: x.Carrier, Waybill: x.Waybill,
			N: x.N, Stage: x.Stage})
	}
	return nil
}

const maxBoxes = 10_000 // of one order

func (b *Body) waybills(out *edge.Reconcile) error {
	for i, w := range b.Waybills {
		at := fmt.Sprintf("waybills[%d]", i)
		if err := errors.Join(named(at+".number", w.Number), named(at+".carrier", w.Carrier), texts(at, w.Box, w.Order, w.Client)); err != nil {
			return err
		}
		out.Waybills = append(out.Waybills, edge.ReconciledWaybill{Number: w.Number, Carrier: w.Carrier, Box: w.Box, Order: w.Order, Client: w.Client})
	}
	return nil
}

func (b *Body) ranges(out *edge.Reconcile) error {
	for i, r := range b.Ranges {
		at := fmt.Sprintf("ranges[%d]", i)
		if err := errors.Join(named(at+".id", r.ID), named(at+".carrier", r.Carrier), named(at+".epoch", r.Epoch), texts(at, r.Client)); err != nil {
			return err
		}
		if r.Count == 0 || r.FirstSerial+r.Count < r.FirstSerial {
			return bad("%s.count and firstSerial make no range", at)
		}
		out.Leases = append(out.Leases, edge.WaybillRange{ID: r.ID, Carrier: r.Carrier, Client: r.Client, FirstSerial: r.FirstSerial, Count: r.Count, Epoch: r.Epoch})
	}
	return nil
}

func named(at, s string) error {
	if s == "" {
		return bad("%s is missing", at)
	}
	if !sound(s) {
		return bad("%s is longer than %d bytes or has a control character", at, maxID)
	}
	return nil
}

func texts(at string, all ...string) error {
	for _, s := range all {
		if !sound(s) {
			return bad("a text of %s is longer than %d bytes or has a control character", at, maxID)
		}
	}
	return nil
}

func sound(s string) bool {
	return len(s) <= maxID && !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}
