package sitetest

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"
)

// Basics pushes what every small test wants: one client with a sender, workers
// W-001 to W-009 and W-200 with all three roles, W-P who only picks and W-L who
// only loads, totes, one carrier with its dock, trip and numbers, a mixed and a
// plain bin, and the articles MUG and PEN. The cut-off and the departure after
// it lie hours ahead, at whatever time of the day a test runs: with fixed ones,
// what came between the day's last cut-off and its truck was the next day's.
func (s *Site) Basics() {
	s.t.Helper()
	cutoff, departs := s.hoursAhead(6), s.hoursAhead(7)
	lines := []string{
		`{"kind":"client","id":"default","name":{"ko":"하늘상점"},"sender":{"name":"하늘상점","phone":"02-555-0100","postcode":"22382","address":"인천광역시 중구 공항로 272"},"shortPolicy":"partShip","goodsText":"count"}`,
		`{"kind":"toteRange","id":"totes","first":"TOTE-00001","last":"TOTE-09999"}`,
		fmt.Sprintf(`{"kind":"carrier","id":"cj","name":{"ko":"CJ대한통운"},"waybill":{"format":"cj","symbology":"code128"},"template":"korea-100x150","cutoffs":[%q]}`, cutoff),
		`{"kind":"dock","id":"D1","barcode":"DOCK-D1","carrier":"cj"}`,
		fmt.Sprintf(`{"kind":"trip","id":"cj-1","carrier":"cj","dock":"D1","departs":%q}`, departs),
		fmt.Sprintf(`{"kind":"waybillRange","id":"cj-a","carrier":"cj","client":"default","firstSerial":"65000000000","count":100000,"epoch":%q}`, s.Epoch),
		`{"kind":"location","id":"A01-01-1","barcode":"LOC-A01-01-1","zone":"A","sequence":1}`,
		`{"kind":"location","id":"A01-01-2","barcode":"LOC-A01-01-2","zone":"A","sequence":2,"mixed":true}`,
		`{"kind":"sku","id":"MUG","name":{"ko":"머그컵","en":"Mug"},"weightGrams":300,"barcodes":[{"code":"2900000000025","quantity":1},{"code":"12900000000022","quantity":12}]}`,
		`{"kind":"sku","id":"PEN","name":{"ko":"펜","en":"Pen"},"weightGrams":10,"barcodes":[{"code":"2900000000032","quantity":1}]}`,
		Person("W-P", "picker"), Person("W-L", "loader"),
	}
	for n := range 9 {
		lines = append(lines, Person(fmt.Sprintf("W-%03d", n+1), "picker", "packer", "loader"))
	}
	lines = append(lines, Person("W-200", "picker", "packer", "loader"))
	s.Push(lines...)
}

// hoursAhead is a time of the site's day that is n hours away.
func (s *Site) hoursAhead(n int) string {
	s.t.Helper()
	at, err := time.LoadLocation(zone())
	require.NoError(s.t, err)
	return time.Now().In(at).Add(time.Duration(n) * time.Hour).Format("15:04")
}

// Person is a worker's record; the id is the badge in front of "w-".
func Person(badge string, roles ...string) string {
	list := ""
	for i, r := range roles {
		if i > 0 {
			list += ","
		}
		list += fmt.Sprintf("%q", r)
	}
	return fmt.Sprintf(`{"kind":"worker","id":"w-%s","badge":%q,"name":"김%s","roles":[%s],"language":"ko"}`, badge, badge, badge, list)
}

// Line is a line of an order.
type Line struct {
	SKU      string
	Quantity int
	Location string
}

// Order is an order's record with a made-up recipient.
func Order(id string, lines ...Line) string {
	text := ""
	for i, l := range lines {
		if i > 0 {
			text += ","
		}
		text += fmt.Sprintf(`{"id":"%d","sku":%q,"quantity":%d,"location":%q}`, i+1, l.SKU, l.Quantity, l.Location)
	}
	return fmt.Sprintf(`{"kind":"order","id":%q,"carrier":"cj","recipient":{"name":"홍길동","phone":"010-1234-5678","postcode":"06236","address":"서울특별시 강남구 테헤란로 152","addressDetail":"3층"},`+
		`"routing":{"sortCode":"4W44","subCode":"24","branch":"강남A","zone":"P01"},"lines":[%s]}`, id, text)
}

// Codes of the articles of Basics.
const (
	Mug     = "2900000000025"
	MugCase = "12900000000022" // twelve
	Pen     = "2900000000032"
)
