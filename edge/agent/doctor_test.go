package agent

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"dcedge/edge/board"
	"dcedge/edge/config"
)

func TestDoctorOfAnEdgeThatDoesNotRun(t *testing.T) {
	cfg := configOf(t, plain+`
[[device]]
name = "scan-1"
driver = "scanner"
link = "serial:///dev/there-is-no-such-line"
station = "pack-1"
`)
	found := map[string]Finding{}
	for _, f := range Doctor(t.Context(), cfg, func(string) string { return "" }) {
		assert.True(t, f.OK || f.Do != "", "a fault without what to do: %+v", f)
		if !f.OK || found[f.Part].Part == "" {
			found[f.Part] = f
		}
	}
	assert.True(t, found["edge"].OK)
	assert.True(t, found["certificate"].OK)
	assert.False(t, found["keys"].OK)
	assert.Contains(t, found["keys"].Do, "EDGE_")
	assert.False(t, found["printer-1"].OK)
	assert.Contains(t, found["scan-1"].Do, "plug the device in")
	_, err := os.Stat(cfg.Data)
	assert.True(t, os.IsNotExist(err), "looking makes nothing")
}

// TestDoctorTellsTimesOfTheSite: one zone in all its lines, whatever the shell has;
// and what has no link shows none.
func TestDoctorTellsTimesOfTheSite(t *testing.T) {
	since := time.Date(2026, 11, 29, 12, 33, 39, 0, time.UTC)
	seoul := time.FixedZone("KST", 9*60*60)
	f := deviceFinding(seoul, board.Device{Name: "line-1", Driver: "belt", Condition: "jam", Since: since, Hint: "clear it"})
	assert.Equal(t, "belt, jam since 2026-11-29 21:33:39, 0 bytes in, 0 out", f.Detail)
}

func TestDoctorLooksAtTheCertificate(t *testing.T) {
	dir := t.TempDir()
	at := func(until time.Time) *config.Config {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(t, err)
		c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"edge.test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: until}
		der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
		require.NoError(t, err)
		secret, err := x509.MarshalPKCS8PrivateKey(key)
		require.NoError(t, err)
		cert, keyFile := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
		require.NoError(t, os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
		require.NoError(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600))
		return &config.Config{HTTP: config.HTTP{TLS: "files", Cert: cert, Key: keyFile}}
	}
	for name, c := range map[string]struct {
		until time.Duration
		ok    bool
		do    string
	}{"fine": {90 * 24 * time.Hour, true, ""}, "soon": {24 * time.Hour, false, "within 30 days"}, "over": {-time.Minute, false, "it has ended"}} {
		f, has := doctorCertificate(at(time.Now().Add(c.until)), time.Now())
		assert.True(t, has, name)
		assert.Equal(t, c.ok, f.OK, name)
		assert.Contains(t, f.Do, c.do, name)
	}
	f, _ := doctorCertificate(&config.Config{HTTP: config.HTTP{TLS: "files", Cert: filepath.Join(dir, "none"), Key: "none"}}, time.Now())
	assert.False(t, f.OK)
}
