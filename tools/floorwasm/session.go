package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
)

// errRequest is returned for a request that is none of row, record and message.
var errRequest = errors.New("want one of row, record and message")

// Session is a floor in memory. It belongs to one goroutine.
type Session struct {
	state     *floor.State
	catalogue *catalogue.Snapshot
	policy    edge.Policy
	seq       uint64
	shown     map[string]shown // by worker
}

// shown is the screen that a worker has.
type shown struct {
	rev uint64
	key [16]byte
}

// NewSession makes an empty floor.
func NewSession() *Session {
	return &Session{state: floor.NewState(), catalogue: catalogue.New(), shown: map[string]shown{},
		policy: edge.Policy{Zone: time.UTC, Pick: edge.PickPolicy{Location: "mixed", Type: "afterFirst"}}}
}

// request is one of: the policy, a row of the state as the store keeps it, a
// record of the catalogue, a message of a worker.
type request struct {
	Policy *edge.PickPolicy `json:"policy"`
	Row    *struct {
		Table string          `json:"table"`
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	} `json:"row"`
	Record *struct {
		Kind  string          `json:"kind"`
		Value json.RawMessage `json:"value"`
	} `json:"record"`
	Message *message `json:"message"`
}

// message is a scan or an act (floor contract, section 2) and who it is of.
type message struct {
	T         string      `json:"t"`
	ID        string      `json:"id"`
	At        time.Time   `json:"at"`
	Worker    string      `json:"worker"`
	Roles     []edge.Role `json:"roles"`
	Code      string      `json:"code"`
	Symbology string      `json:"symbology"`
	Action    string      `json:"action"`
	Args      edge.Args   `json:"args"`
	Rev       uint64      `json:"rev"`
}

// answer is a verdict without a receipt, the events that it would cause and the
// screen after it.
type answer struct {
	OK     bool              `json:"ok"`
	Code   edge.Code         `json:"code,omitempty"`
	Say    string            `json:"say,omitempty"`
	Args   map[string]any    `json:"args,omitempty"`
	Events []json.RawMessage `json:"events,omitempty"`
	Screen *edge.Screen      `json:"screen,omitempty"`
	Error  string            `json:"error,omitempty"`
}

// Do takes a JSON request and gives a JSON answer; it never panics on one.
func (s *Session) Do(line []byte) []byte {
	a, err := s.do(line)
	if err != nil {
		a = &answer{Error: err.Error()}
	}
	out, err := json.Marshal(a)
	if err != nil {
		return []byte(`{"ok":false,"error":"the answer cannot be written"}`)
	}
	return out
}

func (s *Session) do(line []byte) (*answer, error) {
	var r request
	if err := json.Unmarshal(line, &r); err != nil {
		return nil, err
	}
	switch {
	case r.Policy != nil:
		s.policy.Pick = *r.Policy
	case r.Row != nil:
		if err := s.state.Load(r.Row.Table, r.Row.Key, r.Row.Value); err != nil {
			return nil, err
		}
	case r.Record != nil:
		if err := s.record(r.Record.Kind, r.Record.Value); err != nil {
			return nil, err
		}
	case r.Message != nil:
		return s.message(r.Message)
	default:
		return nil, errRequest
	}
	return &answer{OK: true}, nil
}

// record takes the records that rules of picking, packing and loading look at.
func (s *Session) record(kind string, value json.RawMessage) error {
	into, ok := map[string]any{"client": &edge.ClientRecord{}, "location": &edge.LocationRecord{}, "sku": &edge.SKURecord{},
		"tote": &edge.ToteRecord{}, "toteRange": &edge.ToteRange{}, "cell": &edge.CellRecord{}, "dock": &edge.DockRecord{},
		"boxType": &edge.BoxTypeRecord{}, "carrier": &edge.CarrierRecord{}, "trip": &edge.TripRecord{}}[kind]
	if !ok {
		return fmt.Errorf("record of kind %q", kind)
	}
	if err := json.Unmarshal(value, into); err != nil {
		return err
	}
	e := s.catalogue.Edit()
	if _, err := e.Put(into, false); err != nil {
		return err
	}
	s.catalogue = e.Snapshot()
	return nil
}

func (s *Session) message(in *message) (*answer, error) {
	id, err := edge.ParseID(in.ID)
	if err != nil {
		return nil, err
	}
	m := &edge.Message{ID: id, At: in.At, Worker: in.Worker, Roles: in.Roles, Code: in.Code, Symbology: in.Symbology,
		Action: in.Action, Args: in.Args, Rev: in.Rev}
	switch in.T {
	case "scan":
		m.Kind = edge.Scan
	case "act":
		m.Kind = edge.Act
	default:
		return nil, fmt.Errorf("message of type %q", in.T)
	}
	v := floor.View{State: s.state, Catalogue: s.catalogue, Policy: &s.policy, Now: in.At, Rev: s.screen(in).Rev}
	d := floor.Decide(v, m)
	a := &answer{OK: d.Verdict.OK, Code: d.Verdict.Code, Say: d.Verdict.Say.Key, Args: map[string]any{}}
	for _, x := range d.Verdict.Say.Args {
		if a.Args[x.Name] = x.Text; x.IsNum {
			a.Args[x.Name] = x.N
		}
	}
	s.state.BeginMessage()
	for i := range d.Events {
		e := &d.Events[i]
		s.seq++
		e.Seq, e.At, e.Scan, e.Worker = s.seq, in.At, id, in.Worker
		if err := floor.Apply(s.state, e); err != nil {
			s.state.DropMessage()
			return nil, err
		}
		a.Events = append(a.Events, e.AppendLine(nil))
	}
	s.state.AcceptMessage()
	s.state.CommitBatch()
	a.Screen = s.screen(in)
	return a, nil
}

// screen gives a worker's present screen; its rev grows as on the edge.
func (s *Session) screen(in *message) *edge.Screen {
	v := floor.View{State: s.state, Catalogue: s.catalogue, Policy: &s.policy, Now: in.At}
	sc := floor.Screen(v, in.Worker, in.Roles)
	was, key := s.shown[in.Worker], floor.Key(sc)
	if was.rev == 0 || was.key != key {
		was = shown{rev: was.rev + 1, key: key}
		s.shown[in.Worker] = was
	}
	sc.Rev = was.rev
	return sc
}
