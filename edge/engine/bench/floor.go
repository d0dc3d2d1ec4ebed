package bench

import (
	"fmt"

	"dcedge/edge"
	"dcedge/edge/catalogue"
)

const (
	places   = 400 // SKUs, each in its own location
	lines    = 12  // per order
	quantity = 8   // pieces per line, each scanned
	client   = "default"
	carrier  = "cj"
)

func toteCode(n int) string     { return fmt.Sprintf("TOTE-%08d", n) }
func itemCode(n int) string     { return fmt.Sprintf("ITEM-%05d", n) }
func locationCode(n int) string { return fmt.Sprintf("LOC-%05d", n) }

// demoCatalogue is what the scanners' orders need.
func demoCatalogue() (*catalogue.Snapshot, error) {
	edit := catalogue.New().Edit()
	list := []any{
		&edge.ClientRecord{ID: client, ShortPolicy: "partShip"},
		&edge.CarrierRecord{ID: carrier, Waybill: edge.WaybillFormat{Format: "cj", Symbology: "code128"}, Cutoffs: []string{"18:00"}},
		&edge.ToteRange{ID: "totes", First: toteCode(1), Last: toteCode(99999999)},
	}
	for n := range places {
		id := fmt.Sprintf("%05d", n)
		list = append(list,
			&edge.SKURecord{Client: client, ID: "S" + id, Name: edge.Text{"en": "Article " + id}, Barcodes: []edge.Barcode{{Code: itemCode(n), Quantity: 1}}},
			&edge.LocationRecord{ID: "L" + id, Barcode: locationCode(n), Sequence: n})
	}
	for _, r := range list {
		if _, err := edit.Put(r, false); err != nil {
			return nil, err
		}
	}
	return edit.Snapshot(), nil
}

// orderMessage is the n-th order.
func orderMessage(n int) *edge.Message {
	r := &edge.OrderRecord{ID: fmt.Sprintf("O%08d", n), Client: client, Carrier: carrier, Hash: fmt.Sprintf("h%d", n)}
	for i := range lines {
		k := (n*31 + i*17) % places
		r.Lines = append(r.Lines, edge.OrderLine{Line: fmt.Sprint(i + 1), SKU: fmt.Sprintf("S%05d", k), Quantity: quantity,
			Location: fmt.Sprintf("L%05d", k)})
	}
	return &edge.Message{Kind: edge.Record, Body: r}
}
