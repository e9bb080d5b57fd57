package oidctest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
)

// Signed is a token as it should be.
func Signed(t Token) string {
	return seal(t, "ES256", func(text []byte) []byte {
		sum := sha256.Sum256(text)
		r, s, err := ecdsa.Sign(rand.Reader, t.Key, sum[:])
		if err != nil {
			return nil // a token that nobody accepts
		}
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	})
}

// Unsigned is a token that says of itself that nobody has signed it.
func Unsigned(t Token) string {
	return seal(t, "none", func([]byte) []byte { return nil })
}

// SignedWithSecret is a token that is signed with what the client knows, too.
func SignedWithSecret(t Token) string {
	return seal(t, "HS256", func(text []byte) []byte {
		mac := hmac.New(sha256.New, []byte(ClientSecret))
		mac.Write(text)
		return mac.Sum(nil)
	})
}

// SignedByAnother is a token that is signed with a key of somebody else.
func SignedByAnother(t Token) string {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return ""
	}
	t.Key = key
	return Signed(t)
}

// Private

func seal(t Token, algorithm string, sign func([]byte) []byte) string {
	header, _ := json.Marshal(map[string]string{"alg": algorithm, "kid": t.KeyID, "typ": "JWT"}) // plain text cannot fail
	claims, _ := json.Marshal(t.Claims)
	text := encode(header) + "." + encode(claims)
	return text + "." + encode(sign([]byte(text)))
}
