package web

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
)

type echo struct{}

func (echo) Explain(_ context.Context, q CodeQuestion) (any, error) { return q, nil }

// A question without its code, or with the name spelt otherwise, is no empty code.
func TestBarcodeWantsItsInput(t *testing.T) {
	s := newSite(t, func(_ *Config, d *Deps) { d.Codes = echo{} })
	lead := s.login("L-001", "135790")
	for body, want := range map[string]string{`{}`: "fieldMissing", `{"Input":"1"}`: "fieldMissing", `{"input":null}`: "fieldType", `{"input":1}`: "fieldType", `[]`: "malformed"} {
		status, _, answer := s.do("POST", "/site/v1/barcode", lead, body)
		assert.Equal(t, http.StatusBadRequest, status, body)
		assert.Equal(t, want, code(t, answer), body)
	}
	status, _, answer := s.do("POST", "/site/v1/barcode", lead, `{"input":"","as":"scan","carrier":"cj","with":"2"}`)
	assert.Equal(t, http.StatusOK, status)
	assert.JSONEq(t, `{"Input":"","As":"scan","Carrier":"cj","With":"2"}`, answer)
}
