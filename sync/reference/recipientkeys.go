package reference

import (
	"slices"
	"strings"
	"unicode"

	"dcedge/edge"
)

// What orders have in common is told by digests that rest on a keyed hash of the
// recipient: the floor compares them and learns nothing of the person. The hash
// itself goes nowhere, so that a person's orders cannot be told by it from events.

// whom is the keyed hash of a record's recipient; "" where it brings none.
func (s *session) whom(r *record) (string, error) {
	if r.personal == nil || r.personal.Recipient == nil {
		return "", nil
	}
	return s.h.cfg.Vault.Hash(edge.Personal{Recipient: sameRecipient(r.personal.Recipient)})
}

// sameRecipient is who and where, as people write it one way and another: without
// white space and capitals, and the telephone in its digits.
func sameRecipient(r *edge.Recipient) *edge.Recipient {
	plain := func(s string) string {
		return strings.Map(func(c rune) rune {
			if unicode.IsSpace(c) || unicode.IsControl(c) {
				return -1
			}
			return unicode.ToLower(c)
		}, s)
	}
	digits := func(s string) string {
		return strings.Map(func(c rune) rune {
			if c < '0' || c > '9' {
				return -1
			}
			return c
		}, s)
	}
	return &edge.Recipient{Name: plain(r.Name), Phone: digits(r.Phone), Postcode: plain(r.Postcode), Address: plain(r.Address), AddressDetail: plain(r.AddressDetail)}
}

// together is what orders share that go into one box: the WMS's key, client and
// recipient.
func together(client, key, whom string) string {
	if key == "" {
		return ""
	}
	return digest([4]string{"together", client, key, whom})
}

// like is what an order shares with one that it may be a second copy of: client,
// recipient and articles. Nobody's orders are not compared.
func like(o *edge.OrderRecord, whom string) string {
	if whom == "" {
		return ""
	}
	skus := make([]string, 0, len(o.Lines))
	for _, l := range o.Lines {
		skus = append(skus, l.SKU)
	}
	slices.Sort(skus)
	return digest(append([]string{"like", o.Client, whom}, slices.Compact(skus)...))
}
