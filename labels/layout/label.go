package layout

import (
	"strconv"
	"strings"
)

// Label is the data of a label. Which fields a template needs is the template's
// business; a waybill needs those of the first group. Strings are UTF-8 as people
// wrote them.
type Label struct {
	Carrier   string `json:"carrier,omitempty" toml:"carrier"`
	Waybill   string `json:"waybill,omitempty" toml:"waybill"`
	Copy      int    `json:"copy,omitempty" toml:"copy"`       // 1 = first print; above it the label says so
	Attempt   string `json:"attempt,omitempty" toml:"attempt"` // differs for every attempt to print
	Order     string `json:"order,omitempty" toml:"order"`
	Box       Box    `json:"box,omitzero" toml:"box"`
	Sort      Sort   `json:"sort,omitzero" toml:"sort"`
	Recipient Party  `json:"recipient,omitzero" toml:"recipient"`
	Sender    Party  `json:"sender,omitzero" toml:"sender"`
	Goods     string `json:"goods,omitempty" toml:"goods"`
	Pay       string `json:"pay,omitempty" toml:"pay"`
	Date      string `json:"date,omitempty" toml:"date"`

	// Labels of the house: tote, location, badge, cell, command, logistic unit.
	Code   string `json:"code,omitempty" toml:"code"`     // what the barcode holds
	Title  string `json:"title,omitempty" toml:"title"`   // large text
	Note   string `json:"note,omitempty" toml:"note"`     // small text
	SSCC   string `json:"sscc,omitempty" toml:"sscc"`     // 18 digits
	GTIN   string `json:"gtin,omitempty" toml:"gtin"`     // 14 digits
	Lot    string `json:"lot,omitempty" toml:"lot"`       // AI 10
	Expiry string `json:"expiry,omitempty" toml:"expiry"` // YYMMDD, AI 17
	Count  int    `json:"count,omitempty" toml:"count"`   // pieces, AI 37
	Items  []Item `json:"items,omitempty" toml:"items"`   // packing slip
}

// Box is which box of how many.
type Box struct {
	N           int `json:"n,omitempty" toml:"n"`
	Of          int `json:"of,omitempty" toml:"of"`
	WeightGrams int `json:"weightGrams,omitempty" toml:"weightGrams"`
}

// Sort is the carrier's routing. An empty Code means that the address was not
// cleaned; the label then says so.
type Sort struct {
	Code   string `json:"code,omitempty" toml:"code"`
	Sub    string `json:"sub,omitempty" toml:"sub"`
	Branch string `json:"branch,omitempty" toml:"branch"`
	Zone   string `json:"zone,omitempty" toml:"zone"`
	Dest   string `json:"dest,omitempty" toml:"dest"`
}

// Party is who sends or receives.
type Party struct {
	Name          string `json:"name,omitempty" toml:"name"`
	Phone         string `json:"phone,omitempty" toml:"phone"`
	Postcode      string `json:"postcode,omitempty" toml:"postcode"`
	Address       string `json:"address,omitempty" toml:"address"`
	AddressDetail string `json:"addressDetail,omitempty" toml:"addressDetail"`
	Message       string `json:"message,omitempty" toml:"message"`
}

// Item is one line of a packing slip.
type Item struct {
	SKU      string `json:"sku,omitempty" toml:"sku"`
	Name     string `json:"name,omitempty" toml:"name"`
	Quantity int    `json:"quantity,omitempty" toml:"quantity"`
}

// value gives what a placeholder stands for; ok is false for an unknown name.
func (l *Label) value(path string) (s string, ok bool) {
	if head, rest, dotted := strings.Cut(path, "."); dotted {
		switch head {
		case "box":
			return l.Box.value(rest)
		case "sort":
			return l.Sort.value(rest)
		case "recipient":
			return l.Recipient.value(rest)
		case "sender":
			return l.Sender.value(rest)
		}
		return "", false
	}
	switch path {
	case "carrier":
		return l.Carrier, true
	case "waybill":
		return l.Waybill, true
	case "copy":
		return positive(l.Copy), true
	case "attempt":
		return l.Attempt, true
	case "order":
		return l.Order, true
	case "goods":
		return l.Goods, true
	case "pay":
		return l.Pay, true
	case "date":
		return l.Date, true
	case "code":
		return l.Code, true
	case "title":
		return l.Title, true
	case "note":
		return l.Note, true
	}
	return l.unitValue(path)
}

func (l *Label) unitValue(path string) (string, bool) {
	switch path {
	case "sscc":
		return l.SSCC, true
	case "gtin":
		return l.GTIN, true
	case "lot":
		return l.Lot, true
	case "expiry":
		return l.Expiry, true
	case "count":
		return positive(l.Count), true
	case "items":
		return itemLines(l.Items), true
	}
	return "", false
}

func itemLines(items []Item) string {
	var b strings.Builder
	for i, it := range items {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(strings.NewReplacer("\r", " ", "\n", " ").Replace(it.SKU+"  "+it.Name) + "  x" + strconv.Itoa(it.Quantity))
	}
	return b.String()
}

func (b Box) value(path string) (string, bool) {
	switch path {
	case "n":
		return positive(b.N), true
	case "of":
		return positive(b.Of), true
	case "weightGrams":
		return positive(b.WeightGrams), true
	case "weight": // kilograms with one decimal, rounded up: a label never understates
		if b.WeightGrams <= 0 {
			return "", true
		}
		tenths := (b.WeightGrams + 99) / 100
		return strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10), true
	}
	return "", false
}

func (s Sort) value(path string) (string, bool) {
	switch path {
	case "code":
		return s.Code, true
	case "sub":
		return s.Sub, true
	case "branch":
		return s.Branch, true
	case "zone":
		return s.Zone, true
	case "dest":
		return s.Dest, true
	}
	return "", false
}

func (p Party) value(path string) (string, bool) {
	switch path {
	case "name":
		return p.Name, true
	case "phone":
		return p.Phone, true
	case "postcode":
		return p.Postcode, true
	case "address":
		return p.Address, true
	case "addressDetail":
		return p.AddressDetail, true
	case "message":
		return p.Message, true
	}
	return "", false
}

// any reports whether there is anything of a party.
func (p Party) any() bool {
	return given(p.Name + p.Phone + p.Postcode + p.Address + p.AddressDetail + p.Message)
}

// positive writes a number, nothing for zero: an absent number is an empty field.
func positive(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
