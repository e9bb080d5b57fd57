package hostile

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha256"
	"math/big"

	"golang.org/x/crypto/ssh"
)

// Algorithms is what a server offers.
type Algorithms struct {
	Type                       byte
	Cookie                     [16]byte
	Kex, HostKey               []string
	CiphersTo, CiphersFrom     []string
	MACsTo, MACsFrom           []string
	CompressTo, CompressFrom   []string
	LanguagesTo, LanguagesFrom []string
	FirstFollows               bool
	Reserved                   uint32
}

// Offer is what an honest server offers, as far as is needed here.
func Offer() Algorithms {
	gcm, mac, none := []string{"aes128-gcm@openssh.com"}, []string{"hmac-sha2-256"}, []string{"none"}
	return Algorithms{
		Type: msgKexInit, Kex: []string{"curve25519-sha256"}, HostKey: []string{ssh.KeyAlgoED25519},
		CiphersTo: gcm, CiphersFrom: gcm, MACsTo: mac, MACsFrom: mac, CompressTo: none, CompressFrom: none,
	}
}

// Kex agrees on keys; again, where there are some.
func (w *Wire) Kex() error {
	offer := Offer()
	ours := ssh.Marshal(&offer)
	if err := w.Send(ours); err != nil {
		return err
	}
	theirs, err := w.await(msgKexInit)
	if err != nil {
		return err
	}
	asked, err := w.await(30)
	if err != nil {
		return err
	}
	var their struct{ Public []byte }
	if err := ssh.Unmarshal(asked[1:], &their); err != nil {
		return err
	}
	secret, public, err := agree(their.Public)
	if err != nil {
		return err
	}
	hostKey := w.hostKey.PublicKey().Marshal()
	sum := sha256.Sum256(ssh.Marshal(&struct {
		Theirs, Ours              string
		TheirInit, OurInit        []byte
		HostKey, TheirKey, OurKey []byte
		Secret                    *big.Int
	}{w.theirs, w.ours, theirs, ours, hostKey, their.Public, public, secret}))
	signature, err := w.hostKey.Sign(rand.Reader, sum[:])
	if err != nil {
		return err
	}
	if err := w.Send(ssh.Marshal(&struct {
		Type                       byte
		HostKey, Public, Signature []byte
	}{msgKexReply, hostKey, public, ssh.Marshal(signature)})); err != nil {
		return err
	}
	return w.change(secret, sum[:])
}

// Propose begins an agreement on keys, and no more.
func (w *Wire) Propose() error {
	offer := Offer()
	return w.Send(ssh.Marshal(&offer))
}

// Private

// await passes over what a client says until the message that is needed.
func (w *Wire) await(kind byte) ([]byte, error) {
	for {
		packet, err := w.Receive()
		if err != nil || packet[0] == kind {
			return packet, err
		}
	}
}

func agree(their []byte) (secret *big.Int, public []byte, err error) {
	private, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	peer, err := ecdh.X25519().NewPublicKey(their)
	if err != nil {
		return nil, nil, err
	}
	shared, err := private.ECDH(peer)
	return new(big.Int).SetBytes(shared), private.PublicKey().Bytes(), err
}

// change goes over to new keys.
func (w *Wire) change(secret *big.Int, sum []byte) error {
	if w.session == nil {
		w.session = sum
	}
	key := func(letter byte, n int) []byte {
		whole := sha256.Sum256(append(append(append(ssh.Marshal(&struct{ Secret *big.Int }{secret}), sum...), letter), w.session...))
		return whole[:n]
	}
	if err := w.Send([]byte{msgNewKeys}); err != nil {
		return err
	}
	var err error
	if w.seal, err = gcm(key('D', 16)); err != nil {
		return err
	}
	w.sealing = key('B', 12)
	if _, err := w.await(msgNewKeys); err != nil {
		return err
	}
	w.unseal, err = gcm(key('C', 16))
	w.unsealing = key('A', 12)
	return err
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
