package certificate

import (
	"crypto/tls"
	"log/slog"
	"os"
	"sync"
	"time"
)

// Keeper keeps the certificate that its files hold.
type Keeper struct {
	files Files
	host  string
	log   *slog.Logger
	now   func() time.Time

	mutex sync.Mutex
	pair  *tls.Certificate
	seen  [2]stamp
	told  time.Time // of a worry
}

// Open reads the files for the first time.
func Open(files Files, host string, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{files: files, host: host, log: log, now: time.Now, seen: files.stamps()}
	var err error
	if k.pair, err = files.Load(); err != nil {
		return nil, err
	}
	k.worry()
	return k, nil
}

// TLS serves with the certificate of the moment: TLS 1.2 with forward secrecy and
// authenticated encryption at least.
func (k *Keeper) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of TLS 1.2; those of 1.3 are all good
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return k.current(), nil },
	}
}

// Private

// tellEvery is how often the log is told the same worry.
const tellEvery = 24 * time.Hour

// stamp tells one content of a file from the next.
type stamp struct {
	changed time.Time
	size    int64
}

func (f Files) stamps() (both [2]stamp) {
	for i, path := range []string{f.Certificate, f.Key} {
		if info, err := os.Stat(path); err == nil {
			both[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return both
}

// current takes up what has changed in the files. While one of them is new and the
// other is not, they do not fit, and the certificate that was good stays.
func (k *Keeper) current() *tls.Certificate {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	if now := k.files.stamps(); now != k.seen {
		k.seen = now
		pair, err := k.files.Load()
		if err == nil {
			k.pair, k.told = pair, time.Time{}
			k.log.Info("The certificate has been renewed.", "until", pair.Leaf.NotAfter.UTC())
		} else {
			k.log.Warn("The certificate's files have changed and cannot be used; the former certificate stays.", "error", err)
		}
	}
	if k.now().Sub(k.told) >= tellEvery {
		k.worry()
	}
	return k.pair
}

func (k *Keeper) worry() {
	k.told = k.now()
	if worry := Worry(k.pair.Leaf, k.host, k.now()); worry != "" {
		k.log.Warn(worry, "file", k.files.Certificate)
	}
}
