package reference

import (
	"dcedge/edge"
)

// catalogue puts a run of catalogue records on disk and in force. Everything
// ordered before them is decided first.
func (s *session) catalogue(list []*record) error {
	if err := s.wait(); err != nil {
		return err
	}
	list, named, err := s.workers(list)
	if err != nil {
		return err
	}
	changes := make([]Change, len(list))
	for i, r := range list {
		changes[i] = Change{Record: r.body, Gone: r.gone, Rev: r.rev}
	}
	if len(changes) == 0 {
		return nil
	}
	changed, _, err := s.h.cfg.Catalogue.Put(s.ctx, changes)
	if err != nil {
		return err
	}
	for i, r := range list {
		s.count(i < len(changed) && changed[i] || named[r])
	}
	return nil
}

// workers seals the PINs of a run and puts the names into the vault. It gives
// what is left of the run and whose name is new.
func (s *session) workers(list []*record) ([]*record, map[*record]bool, error) {
	var left, with []*record
	var items []edge.PersonalItem
	for _, r := range list {
		w, ok := r.body.(*edge.WorkerRecord)
		if !ok {
			left = append(left, r)
			continue
		}
		if r.pinHash != "" {
			seal, err := s.h.cfg.Sealer.Seal(r.pinHash)
			if err != nil { // its text may quote the hash
				s.reject(r.line, refusal{edge.FieldType, "pinHash"})
				continue
			}
			w.PINSeal = seal
		}
		left = append(left, r)
		if r.personal != nil {
			with = append(with, r)
			items = append(items, edge.PersonalItem{Worker: w.ID, Data: *r.personal})
		}
	}
	if len(items) == 0 {
		return left, nil, nil
	}
	if s.h.cfg.Vault.Locked() {
		return nil, nil, errLocked
	}
	_, known, err := s.h.cfg.Vault.Put(items)
	if err != nil {
		return nil, nil, err
	}
	named := map[*record]bool{}
	for i, r := range with {
		named[r] = !known[i]
	}
	return left, named, nil
}

// submit hands a run of ordered records to the engine: recipients go to the
// vault first, in one commit, and what belongs to an order closed long ago is
// answered here.
func (s *session) submit(list []*record) error {
	if err := s.recipients(&list); err != nil {
		return err
	}
	for _, r := range list {
		m := &edge.Message{Kind: edge.Record, Body: r.body}
		s.flying.Add(1)
		line := r.line
		err := s.h.cfg.Engine.SubmitFunc(s.ctx, m, func(v edge.Verdict, err error) {
			defer s.flying.Done()
			s.decided(line, v, err)
		})
		if err != nil {
			s.flying.Done()
			return err
		}
	}
	return nil
}

// decided takes the engine's answer to one record.
func (s *session) decided(line int, v edge.Verdict, err error) {
	switch {
	case err != nil:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.fault == nil {
			s.fault = err
		}
	case v.Code == edge.Unchanged:
		s.count(false)
	case v.Code.Positive():
		s.count(true)
	default:
		code := v.Code
		if code == edge.Internal { // a rule panicked on this record; the others go on
			code = edge.Malformed
		}
		s.reject(line, refusal{code, v.Detail})
	}
}

// recipients gives the orders of a run their hashes and references.
func (s *session) recipients(list *[]*record) error {
	var left, with []*record
	var items []edge.PersonalItem
	for _, r := range *list {
		if r.personal != nil && s.h.cfg.Vault.Locked() {
			return errLocked
		}
		if o, ok := r.body.(*edge.OrderRecord); ok && !o.Gone {
			if err := s.seal(o, r); err != nil {
				return err
			}
			done, err := s.closed(o, r.line)
			if err != nil {
				return err
			}
			if done {
				continue
			}
		}
		if c, ok := r.body.(*edge.OrderChange); ok {
			if err := s.over(c, r); err != nil {
				return err
			}
		}
		left = append(left, r)
		if r.personal != nil {
			client, order := r.whose()
			with = append(with, r)
			items = append(items, edge.PersonalItem{Client: client, Order: order, Data: *r.personal})
		}
	}
	*list = left
	if len(items) == 0 {
		return nil
	}
	refs, _, err := s.h.cfg.Vault.Put(items)
	if err != nil {
		return err
	}
	for i, r := range with {
		switch b := r.body.(type) {
		case *edge.OrderRecord:
			b.RecipientRef, b.RecipientVersion = refs[i].Ref, refs[i].Version
		case *edge.OrderChange:
			b.RecipientRef, b.RecipientVersion = refs[i].Ref, refs[i].Version
		}
	}
	return nil
}

// seal makes an order's hash: its own content and a keyed hash of the
// recipient, so that nobody can try addresses against it.
func (s *session) seal(o *edge.OrderRecord, r *record) error {
	keyed := ""
	if r.personal != nil {
		var err error
		if keyed, err = s.h.cfg.Vault.Hash(*r.personal); err != nil {
			return err
		}
	}
	o.Hash = digest([2]string{r.base, keyed})
	return nil
}

// closed answers for an order that left the floor long ago.
func (s *session) closed(o *edge.OrderRecord, line int) (bool, error) {
	hash, cancelled, ok, err := s.h.cfg.Closed.Order(o.Client, o.ID)
	if err != nil || !ok {
		return false, err
	}
	switch {
	case hash == o.Hash:
		s.count(false)
	case cancelled:
		s.reject(line, refusal{edge.CancelledOrder, "order"})
	default:
		s.reject(line, refusal{edge.Begun, "order"})
	}
	return true, nil
}

// over notes on a change how its order ended, for the floor to answer by where it
// has forgotten the order. Nothing can be sent to its recipient any more: an
// address that comes with the change is not kept.
func (s *session) over(c *edge.OrderChange, r *record) error {
	_, cancelled, ok, err := s.h.cfg.Closed.Order(c.Client, c.Order)
	if err != nil || !ok {
		return err
	}
	r.personal, c.Ended = nil, edge.StageShipped
	if cancelled {
		c.Ended = edge.StageCancelled
	}
	return nil
}
