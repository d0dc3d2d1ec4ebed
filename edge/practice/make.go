package practice

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"dcedge/edge"
	"dcedge/edge/catalogue"
	"dcedge/edge/floor"
)

// errNothing is returned where the catalogue has nothing to make an order of.
var errNothing = errors.New("practice: no article with a barcode, or no carrier, is known yet")

const (
	goodsMost  = 60 // articles that orders are made up of
	goodsLooks = 10 * time.Minute
)

// plain tells that an article can be practised on: it has a code that counts one
// piece, and nothing else is to be read off it.
func plain(r *edge.SKURecord) bool {
	if r == nil || len(r.Capture) > 0 {
		return false
	}
	for _, b := range r.Barcodes {
		if b.Quantity <= 1 {
			return true
		}
	}
	return false
}

// find gives the articles that orders are made up of: those that real orders want
// now, at the places where they lie; else any.
func (s *Service) find(ctx context.Context) error {
	cat := s.deps.Floor.Catalogue()
	if s.of == cat && len(s.goods) > 0 && s.deps.Now().Sub(s.failed) < goodsLooks {
		return nil
	}
	var waiting []floor.Goods
	if err := s.deps.Floor.Read(ctx, func(v floor.View) { waiting = v.State.WaitingGoods(goodsMost) }); err != nil {
		return err
	}
	s.goods, s.of, s.failed = nil, cat, s.deps.Now()
	for _, g := range waiting {
		if plain(cat.SKU(g.Client, g.SKU)) {
			s.goods = append(s.goods, g)
		}
	}
	if len(s.goods) > 0 {
		return nil
	}
	for _, r := range cat.SKUs() {
		if plain(r) && len(s.goods) < goodsMost {
			s.goods = append(s.goods, floor.Goods{Client: r.Client, SKU: r.ID})
		}
	}
	if len(s.goods) == 0 || len(cat.Carriers()) == 0 {
		s.goods = nil
		return errNothing
	}
	return nil
}

// order makes one order up and has the floor take it.
func (s *Service) order(ctx context.Context) (id string, err error) {
	if err := s.find(ctx); err != nil {
		return "", err
	}
	carriers := s.deps.Floor.Catalogue().Carriers()
	if len(carriers) == 0 {
		return "", errNothing
	}
	s.turn++
	first := s.goods[s.turn%len(s.goods)]
	id = "PRACTICE-" + strconv.FormatInt(s.deps.Now().UnixMilli(), 36) + strconv.Itoa(s.turn)
	r := &edge.OrderRecord{ID: id, Client: first.Client, Carrier: carriers[s.turn%len(carriers)].ID, Hash: id}
	for i := range 1 + s.turn%3 {
		g := s.goods[(s.turn+i)%len(s.goods)]
		if g.Client != first.Client || i > 0 && g == first {
			break
		}
		r.Lines = append(r.Lines, edge.OrderLine{Line: strconv.Itoa(i + 1), SKU: g.SKU, Quantity: 1 + (s.turn+i)%3, Location: g.Location})
	}
	v, err := s.submit(ctx, &edge.Message{Kind: edge.Record, Body: r})
	if err != nil {
		return "", fmt.Errorf("practice: order: %w", err)
	}
	if !v.OK {
		return "", fmt.Errorf("practice: order refused: %s %s", v.Code, v.Detail)
	}
	return id, nil
}

// helper works orders up to where somebody goes on.
const helper = "practice"

var helperRoles = [...]edge.Role{edge.Picker, edge.Packer}

// prepare has an order worked through some flows.
func (s *Service) prepare(ctx context.Context, flows ...edge.Flow) error {
	id, err := s.order(ctx)
	if err != nil {
		return err
	}
	for _, f := range flows {
		args := edge.Args{Flow: f, Orders: []string{id}}
		sc, err := s.screen(ctx)
		if err != nil {
			return err
		}
		v, err := s.act(ctx, sc, "start", args)
		if err != nil {
			return err
		}
		if !v.OK {
			return fmt.Errorf("practice: %s of %s: %s %s", f, id, v.Code, v.Say.Key)
		}
		if err := s.follow(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) screen(ctx context.Context) (*edge.Screen, error) {
	return s.deps.Floor.PracticeScreen(ctx, helper, helperRoles[:])
}

func (s *Service) act(ctx context.Context, sc *edge.Screen, action string, a edge.Args) (edge.Verdict, error) {
	return s.submit(ctx, &edge.Message{Kind: edge.Act, ID: s.messageID(), Worker: helper, Roles: helperRoles[:], Device: helper, Action: action, Args: a, Rev: sc.Rev})
}

func (s *Service) scan(ctx context.Context, code string) (edge.Verdict, error) {
	return s.submit(ctx, &edge.Message{Kind: edge.Scan, ID: s.messageID(), Worker: helper, Roles: helperRoles[:], Device: helper, Code: code})
}

// stepsMost bounds the work on one order.
const stepsMost = 200

// follow does what the screen asks for until the helper is idle.
func (s *Service) follow(ctx context.Context) error {
	tote := 0
	for range stepsMost {
		sc, err := s.screen(ctx)
		if err != nil {
			return err
		}
		var v edge.Verdict
		switch {
		case sc.Flow == edge.Idle:
			return nil
		case sc.Step == "printing":
			if err := s.label(ctx, sc.Box); err != nil {
				return err
			}
			continue
		case len(sc.Expect) == 0:
			v, err = s.act(ctx, sc, "close", edge.Args{})
		case sc.Expect[0].Kind == "weight":
			v, err = s.act(ctx, sc, "override", edge.Args{ByLead: helper, Reason: helper})
		case sc.Expect[0].Kind == "tote" && sc.Expect[0].Code == "":
			code := toteCode(s.deps.Floor.Catalogue(), tote)
			if tote++; code == "" {
				return s.leave(ctx, sc)
			}
			if v, err = s.scan(ctx, code); err == nil && !v.OK {
				continue // in use here: the next one
			}
		default:
			v, err = s.scan(ctx, sc.Expect[0].Code)
		}
		if err != nil {
			return fmt.Errorf("practice: %w", err)
		}
		if !v.OK {
			return s.leave(ctx, sc)
		}
	}
	return errors.New("practice: an order did not come to its end")
}

// leave puts down what cannot be worked: the trainee finds it at the start.
func (s *Service) leave(ctx context.Context, sc *edge.Screen) error {
	if now, err := s.screen(ctx); err == nil {
		sc = now
	}
	_, err := s.act(ctx, sc, "leave", edge.Args{})
	return err
}

// toteCode gives the nth tote from behind: what is practised with takes few of
// those that people reach for.
func toteCode(cat *catalogue.Snapshot, n int) string {
	list := cat.LastTotes(n + 1)
	if n >= len(list) {
		return ""
	}
	return list[n]
}
