package board

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge"
)

// What people did past a rule or by hand is told by who, when and why, also what
// they did before this start; what the floor does all day is not.
func TestDeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		past := &log{oldest: 1}
		at := day.Add(-3 * time.Hour)
		scan := edge.NewID(at, [10]byte{1})
		add := func(worker string, typ edge.Type, d edge.Data) *edge.Event {
			at = at.Add(time.Minute)
			e := past.add(at, worker, typ, d)
			return e
		}
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "override", What: "w-9", Box: "B-1", Reason: "checked"})
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "reprint", Box: "B-1", Reason: "lost"})
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "anyLot", What: "A", Reason: "fefo"})
		add("w-1", edge.EvPicked, &edge.PickEvent{SKU: "A", Quantity: 1}) // as every scan
		add("w-1", edge.EvPicked, &edge.PickEvent{SKU: "A", Quantity: 3, Reason: "short"})
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "unreadable", Reason: "noCode"})
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "ack", What: "2"})
		add("w-1", edge.EvWorkStarted, &edge.WorkEvent{Flow: edge.Pack, Box: "B-1", Reason: "gift"}).Scan = scan
		add("w-1", edge.EvBoxReopened, &edge.BoxEvent{Box: "B-1"}).Scan = scan
		add("", edge.EvVoided, &edge.WaybillEvent{Box: "B-1", Waybill: "1", Reason: "printerNotEmpty"})
		add("w-1", edge.EvVoided, &edge.WaybillEvent{Box: "B-1", Waybill: "2", Reason: "wrongBox"})
		add("w-1", edge.EvLabelSettled, &edge.LabelEvent{Box: "B-1", By: "scan", Outcome: "yes"})
		add("w-1", edge.EvLabelSettled, &edge.LabelEvent{Box: "B-1", By: "w-1", Outcome: "no"})
		add("w-1", edge.EvLocation, &edge.LocationConfirmed{Location: "C08-21-3", Typed: true})
		add("w-1", edge.EvLocation, &edge.LocationConfirmed{Location: "C08-21-3"})
		add("w-1", edge.EvPackItem, &edge.PackItem{SKU: "A", Quantity: 1, Reason: "unreadable"})
		add("w-1", edge.EvPackItem, &edge.PackItem{SKU: "A", Quantity: 1})
		add("w-1", edge.EvPackItem, &edge.PackItem{SKU: "A", Quantity: 1, Reason: "radio"}).Manual = true
		add("w-1", edge.EvHospitalOut, &edge.HospitalEvent{Box: "B-1", Outcome: "aside", Reason: "check"})
		add("w-1", edge.EvTruckClosed, &edge.TruckEvent{Truck: "K-1", Reason: "timeUp", Missing: []edge.Missing{{Box: "B-3"}}})
		add("w-1", edge.EvTruckClosed, &edge.TruckEvent{Truck: "K-2"})
		add("", edge.EvEpochOpened, &edge.EpochEvent{Epoch: "e2", Reason: edge.EpochRestored})
		add("w-1", edge.EvStep, &edge.StepConfirmed{Kind: "reprint", Box: "B-9"}).Practice = true
		b, f := run(t, past)
		f.commit(&edge.Commit{Events: []edge.Event{{Seq: 99, At: day, Type: edge.EvReconciled, Data: &edge.EpochEvent{Epoch: "e2"}}}, Head: 99})
		time.Sleep(time.Minute)

		list, since, counting := b.Deeds()
		var got []string
		for i, d := range list {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", d.What, d.Who, d.Of, d.Lead, d.Reason))
			require.True(t, i == 0 || d.ID < list[i-1].ID, "the newest first")
		}
		assert.Equal(t, []string{"epoch.reconciled    ", "epoch.opened    restored", "truck.close w-1 K-1  timeUp", "box.aside w-1 B-1  check", "hand.item w-1 A  unreadable",
			"hand.place w-1 C08-21-3  ", "label.settle w-1 B-1  no", "label.void w-1 2  wrongBox", "box.reopen w-1 B-1  gift", "hand.parcel w-1   noCode", "hand.item w-1 A  short",
			"hand.lot w-1 A  fefo", "label.reprint w-1 B-1  lost", "weight.override w-1 B-1 w-9 checked"}, got)
		assert.Equal(t, "2", list[2].Order)
		assert.Equal(t, past.events[0].At, since)
		assert.False(t, counting)
	})
}

// The memory of deeds is bounded, and the newest are kept.
func TestDeedsAreBounded(t *testing.T) {
	v := newView(day)
	for i := range 5 * deedsKept {
		v.noteDeed(&edge.Event{Seq: uint64(i + 1), At: day.Add(time.Duration(i) * time.Second), Type: edge.EvStep, Data: &edge.StepConfirmed{Kind: stepReprint, Box: fmt.Sprint(i)}})
	}
	assert.Less(t, len(v.deeds), 2*deedsKept)
	b := &Board{view: v}
	list, _, _ := b.Deeds()
	assert.Equal(t, fmt.Sprint(5*deedsKept-1), list[0].Of)
	assert.Len(t, list, deedsKept)
	assert.Equal(t, fmt.Sprint(4*deedsKept), list[deedsKept-1].Of)
}
