package agent

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"dcedge/edge/board"
	"dcedge/edge/config"
	"dcedge/edge/journal"
	"dcedge/edge/vault"
	"dcedge/edge/web"
)

// Finding is one thing that doctor looked at.
type Finding struct {
	Part   string        `json:"part"` // edge disk clock keys certificate, or a device's name
	OK     bool          `json:"ok"`
	Detail string        `json:"detail"`
	Do     string        `json:"do,omitempty"` // what to do about it
	Device *board.Device `json:"device,omitempty"`
}

// Bounds of doctor.
const (
	doctorWire  = 6 * time.Second     // for one device to answer; an SSI scanner is asked after 3 s
	doctorHTTP  = 5 * time.Second     // for the running edge to answer
	certWarn    = 30 * 24 * time.Hour // a certificate that ends sooner is a finding
	clockSlack  = 5 * time.Minute     // that the clock may be behind what was written last
	diskWarn    = 2 << 30             // bytes: below it days, not months, are left
	clockOldest = "2025-01-01"        // no edge ran before
)

// Doctor looks at everything that an installer can get wrong, in the order of
// the configuration. Devices of a running edge are asked through it, others
// directly: then a read that comes meanwhile is refused, never taken.
func Doctor(ctx context.Context, cfg *config.Config, env Env) []Finding {
	running, list := doctorEdge(ctx, cfg)
	out := []Finding{list, doctorDisk(cfg), doctorClock(cfg)}
	out = append(out, doctorKeys(cfg, env)...)
	out = append(out, doctorPasswords(cfg, env)...)
	if f, has := doctorCertificate(cfg, time.Now()); has {
		out = append(out, f)
	}
	return append(out, doctorDevices(ctx, cfg, env, running)...)
}

// doctorEdge tells whether an edge runs on the data folder, and gives what it
// says of its devices; nil where none runs.
func doctorEdge(ctx context.Context, cfg *config.Config) ([]board.Device, Finding) {
	f := Finding{Part: "edge", OK: true}
	lock, err := journal.Lock(cfg.Data)
	if errors.Is(err, fs.ErrNotExist) {
		f.Detail = "not running; the data folder is made at the first start"
		return nil, f
	}
	if err == nil {
		f.Detail = "not running; the devices are asked directly"
		if err := lock.Unlock(); err != nil {
			f.OK, f.Detail, f.Do = false, err.Error(), "look at the data folder"
		}
		return nil, f
	}
	list, err := runningDevices(ctx, cfg)
	if err != nil {
		f.OK, f.Detail = false, fmt.Sprintf("the data folder %s is in use, and no edge answers on %s: %v", cfg.Data, cfg.HTTP.Listen, err)
		f.Do = "see its log; where it listens on one address that is not loopback, look at the lead's devices page instead"
		return []board.Device{}, f
	}
	f.Detail = "running on " + cfg.HTTP.Listen
	return list, f
}

// runningDevices asks the edge that runs on this machine.
func runningDevices(ctx context.Context, cfg *config.Config) ([]board.Device, error) {
	host, port, err := net.SplitHostPort(cfg.HTTP.Listen)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme, client := "http", &http.Client{Timeout: doctorHTTP}
	if cfg.HTTP.TLS == "files" {
		conf, err := trustOnly(cfg.HTTP.Cert)
		if err != nil {
			return nil, err
		}
		scheme, client.Transport = "https", &http.Transport{TLSClientConfig: conf}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/devicez", nil)
	if err != nil {
		return nil, err
	}
	a, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer a.Body.Close()
	if a.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("answered %s", a.Status)
	}
	var list struct{ Items []board.Device }
	err = json.NewDecoder(a.Body).Decode(&list)
	return list.Items, err
}

// trustOnly trusts the edge's own certificate and nothing else.
func trustOnly(certFile string) (*tls.Config, error) {
	text, err := os.ReadFile(certFile)
	if err != nil {
		return nil, err
	}
	leaf, err := leafOf(text)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	conf := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	if len(leaf.DNSNames) > 0 {
		conf.ServerName = leaf.DNSNames[0]
	}
	return conf, nil
}

func doctorDisk(cfg *config.Config) Finding {
	f := Finding{Part: "disk"}
	dir := cfg.Data
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	free, err := freeBytes(dir)
	f.Detail = fmt.Sprintf("%d MiB free where %s is", free>>20, cfg.Data)
	info, serr := os.Stat(cfg.Data)
	switch {
	case err != nil:
		f.Detail, f.Do = err.Error(), "look at the disk of the data folder"
	case free < roomOnDisk:
		f.Do = "make room: without it no scan is taken"
	case free < diskWarn:
		f.Do = "make room, or give it a larger disk: a busy day is about 2 GiB"
	case serr == nil && info.Mode().Perm()&0o077 != 0:
		f.Detail, f.Do = f.Detail+"; the folder may be read by others", "chmod 700 "+cfg.Data
	default:
		f.OK = true
	}
	return f
}

// doctorClock compares the clock with what was written last.
func doctorClock(cfg *config.Config) Finding {
	now := time.Now()
	f := Finding{Part: "clock", OK: true, Detail: now.In(cfg.Zone()).Format("2006-01-02 15:04:05 MST")}
	oldest, _ := time.Parse(time.DateOnly, clockOldest)
	var newest time.Time
	files, _ := filepath.Glob(filepath.Join(cfg.Data, "journal", "*")) // the pattern is right
	for _, name := range files {
		if info, err := os.Stat(name); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	switch synced, known := clockSynced(); {
	case now.Before(oldest):
		f.OK, f.Do = false, "set the clock, and have it kept by NTP (timedatectl set-ntp true)"
	case newest.Sub(now) > clockSlack:
		f.OK, f.Detail = false, f.Detail+": behind what was written last, "+newest.In(cfg.Zone()).Format("2006-01-02 15:04:05")
		f.Do = "set the clock, and have it kept by NTP (timedatectl set-ntp true)"
	case known && !synced:
		f.Detail += "; not kept by NTP"
		f.Do = "have it kept by NTP (timedatectl set-ntp true): cut-offs hang on it"
	case known:
		f.Detail += "; kept by NTP"
	}
	return f
}

// doctorKeys looks for every key where the configuration says it is. It tells
// names, never values.
func doctorKeys(cfg *config.Config, env Env) []Finding {
	a := &Agent{cfg: cfg, env: env}
	var out []Finding
	f := Finding{Part: "keys", OK: true, Detail: "the vault's key is there"}
	switch kek, err := a.readKEK(); {
	case err != nil:
		f.OK, f.Detail, f.Do = false, err.Error(), "give it 32 bytes in base64: head -c 32 /dev/urandom | base64"
	case kek == vault.KEK{}:
		f.OK, f.Detail = false, "the vault has no key: orders with recipients are refused and no waybill is printed"
		f.Do = "set " + cmp.Or(cfg.PII.KeyEnv, cfg.PII.KeyFile, cfg.PII.Credential) + ", as the service does"
	}
	out = append(out, f)
	for _, c := range cfg.Consumers {
		f := Finding{Part: "keys", OK: true, Detail: "consumer " + c.Name + " has its key"}
		switch _, err := a.secret(c.KeyEnv, c.KeyFile); {
		case err != nil && c.Optional:
			f.Detail = "consumer " + c.Name + " has no key and is left out (optional)"
		case err != nil:
			f.OK, f.Detail, f.Do = false, "consumer "+c.Name+" has no key here", "set "+cmp.Or(c.KeyEnv, c.KeyFile)+", as the service does"
		}
		out = append(out, f)
	}
	if info, err := os.Stat(filepath.Join(cfg.Data, "keys", "edge.key")); err == nil && info.Mode().Perm()&0o077 != 0 {
		out = append(out, Finding{Part: "keys", Detail: "the edge's own key may be read by others", Do: "chmod 600 " + filepath.Join(cfg.Data, "keys", "edge.key")})
	}
	return out
}

// doctorCertificate looks at the certificate that is served; false: none is.
func doctorCertificate(cfg *config.Config, now time.Time) (Finding, bool) {
	f := Finding{Part: "certificate"}
	if cfg.HTTP.TLS != "files" {
		f.OK, f.Detail = true, "none is needed: it listens on loopback only"
		return f, cfg.HTTP.TLS == "off"
	}
	if _, _, err := web.FilesTLS(cfg.HTTP.Cert, cfg.HTTP.Key); err != nil {
		f.Detail, f.Do = err.Error(), "correct cert and key in [http]"
		return f, true
	}
	text, err := os.ReadFile(cfg.HTTP.Cert)
	if err != nil {
		f.Detail, f.Do = err.Error(), "correct cert in [http]"
		return f, true
	}
	leaf, err := leafOf(text)
	if err != nil {
		f.Detail, f.Do = err.Error(), "correct cert in [http]"
		return f, true
	}
	f.Detail = fmt.Sprintf("for %s, until %s", strings.Join(leaf.DNSNames, " "), leaf.NotAfter.Local().Format(time.DateOnly))
	switch {
	case now.After(leaf.NotAfter):
		f.Do = "renew it: it has ended"
	case now.Before(leaf.NotBefore):
		f.Do = "it is not valid yet: look at the clock"
	case leaf.NotAfter.Sub(now) < certWarn:
		f.Do = "renew it: it ends within 30 days"
	default:
		f.OK = true
	}
	return f, true
}

func leafOf(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("the certificate file holds no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}
