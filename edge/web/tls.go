package web

import (
	"crypto/tls"
	"fmt"
	"net"
)

// FilesTLS is [http] tls = "files": a certificate and its key in PEM. hosts are
// the names that it stands for, which browsers may use.
func FilesTLS(certFile, keyFile string) (cfg *tls.Config, hosts []string, err error) {
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, nil, fmt.Errorf("web: certificate: %w", err)
	}
	hosts = append(hosts, pair.Leaf.DNSNames...)
	for _, ip := range pair.Leaf.IPAddresses {
		hosts = append(hosts, ip.String())
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, hosts, nil
}

// HostsOn gives the names as browsers write them when the edge listens on
// listen: with the port where it is not 443.
func HostsOn(listen string, names []string) ([]string, error) {
	_, port, err := net.SplitHostPort(listen)
	if err != nil {
		return nil, fmt.Errorf("web: listen address: %w", err)
	}
	out := make([]string, 0, len(names))
	for _, n := range names {
		if port == "443" {
			out = append(out, n)
			continue
		}
		out = append(out, net.JoinHostPort(n, port))
	}
	return out, nil
}
