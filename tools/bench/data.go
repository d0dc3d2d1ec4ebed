package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

const (
	workers = 200
	skus    = 1300 // each in a location of its own
	carrier = "cj"
	client  = "default"
)

func skuID(n int) string      { return fmt.Sprintf("S%05d", n) }
func locationID(n int) string { return fmt.Sprintf("L%05d", n) }
func toteCode(n int) string   { return fmt.Sprintf("TOTE-%08d", n) }
func badge(n int) string      { return fmt.Sprintf("W-%03d", n+1) }

// entities are the people, places and articles of the site as the floor's
// catalogue holds them.
func entities() []any {
	list := []any{
		&edge.ClientRecord{ID: client, ShortPolicy: "partShip"},
		&edge.CarrierRecord{ID: carrier, Waybill: edge.WaybillFormat{Format: "cj", Symbology: "code128"}, Cutoffs: []string{"18:00"}},
		&edge.ToteRange{ID: "totes", First: toteCode(1), Last: toteCode(99_999_999)},
	}
	for n := range workers {
		list = append(list, &edge.WorkerRecord{ID: fmt.Sprintf("w-%03d", n+1), Badge: badge(n), Roles: []edge.Role{edge.Picker}})
	}
	for n := range skus {
		list = append(list,
			&edge.SKURecord{Client: client, ID: skuID(n), Name: edge.Text{"ko": fmt.Sprintf("상품 %05d", n), "en": fmt.Sprintf("Article %05d", n)},
				WeightGrams: 100 + n, Barcodes: []edge.Barcode{{Code: fmt.Sprintf("ITEM-%05d", n), Quantity: 1}}},
			&edge.LocationRecord{ID: locationID(n), Barcode: fmt.Sprintf("LOC-%05d", n), Sequence: n})
	}
	return list
}

// snapshot is the catalogue of entities.
func snapshot() (*catalogue.Snapshot, error) {
	edit := catalogue.New().Edit()
	for _, r := range entities() {
		if _, err := edit.Put(r, false); err != nil {
			return nil, err
		}
	}
	return edit.Snapshot(), nil
}

// reference is entities as the WMS pushes them.
func reference() ([]byte, error) {
	var out bytes.Buffer
	for _, r := range entities() {
		text, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		kind := ""
		switch r.(type) {
		case *edge.ClientRecord:
			kind = "client"
		case *edge.CarrierRecord:
			kind = "carrier"
		case *edge.ToteRange:
			kind = "toteRange"
		case *edge.WorkerRecord:
			kind = "worker"
		case *edge.SKURecord:
			kind = "sku"
		case *edge.LocationRecord:
			kind = "location"
		}
		fmt.Fprintf(&out, "{\"kind\":%q,%s\n", kind, text[1:])
	}
	return out.Bytes(), nil
}

// orders makes n orders as an e-commerce client has them: mostly one to three
// lines, a few of up to forty, mostly single pieces, each with a recipient.
func orders(prefix string, n int, seed uint64) []byte {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var out bytes.Buffer
	for i := range n {
		fmt.Fprintf(&out, `{"kind":"order","id":"%s%07d","carrier":%q,"priority":%d,"routing":{"sortCode":"4W44","subCode":"24","branch":"강남1","addressShort":"강남 역삼"},`+
			`"recipient":{"name":"홍길동%d","phone":"010-0000-%04d","postcode":"06236","address":"서울특별시 강남구 테헤란로 %d","addressDetail":"%d동 %d호"},"lines":[`,
			prefix, i+1, carrier, 1+rnd.IntN(9), i, i%10_000, 1+rnd.IntN(400), 1+rnd.IntN(20), 101+rnd.IntN(900))
		for l := range lineCount(rnd) {
			if l > 0 {
				out.WriteByte(',')
			}
			k := rnd.IntN(skus)
			fmt.Fprintf(&out, `{"id":"%d","sku":"%s","quantity":%d,"location":"%s"}`, l+1, skuID(k), quantity(rnd), locationID(k))
		}
		out.WriteString("]}\n")
	}
	return out.Bytes()
}

// deepOrders makes n orders of three lines and forty pieces each, which last
// long.
func deepOrders(prefix string, n int) []byte {
	var out bytes.Buffer
	for i := range n {
		fmt.Fprintf(&out, `{"kind":"order","id":"%s%07d","carrier":%q,"lines":[`, prefix, i+1, carrier)
		for l := range 3 {
			if l > 0 {
				out.WriteByte(',')
			}
			k := (i*31 + l*17) % skus
			fmt.Fprintf(&out, `{"id":"%d","sku":"%s","quantity":40,"location":"%s"}`, l+1, skuID(k), locationID(k))
		}
		out.WriteString("]}\n")
	}
	return out.Bytes()
}

// lineCount has a mean of about four.
func lineCount(rnd *rand.Rand) int {
	switch x := rnd.IntN(100); {
	case x < 40:
		return 1
	case x < 62:
		return 2
	case x < 76:
		return 3
	case x < 93:
		return 4 + rnd.IntN(6)
	}
	return 10 + rnd.IntN(31)
}

func quantity(rnd *rand.Rand) int {
	if rnd.IntN(100) < 60 {
		return 1
	}
	return 2 + rnd.IntN(5)
}
