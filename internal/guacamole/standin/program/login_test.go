package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"testing"
	"time"
)

const key = "000102030405060708090a0b0c0d0e0f"

func TestAdmit(t *testing.T) {
	now := time.UnixMilli(1_000_000)
	good := `{"username":"","expires":1000001,"singleUse":true,"connections":{"d":{"protocol":"vnc","parameters":{"port":"5901"}}}}`
	tests := map[string]struct {
		token string
		want  bool
	}{
		"a token of the key":                   {seal(t, key, good), true},
		"a token of another key":               {seal(t, "0f"+key[2:], good), false},
		"a token that has expired":             {seal(t, key, `{"username":"","expires":999999}`), false},
		"a token in seconds":                   {seal(t, key, `{"username":"","expires":1001}`), false},
		"a single use without an end":          {seal(t, key, `{"username":"","singleUse":true}`), false},
		"a field that nobody knows":            {seal(t, key, `{"username":"","nonce":1}`), false},
		"a token with a line break":            {seal(t, key, good)[:8] + "\n" + seal(t, key, good)[8:], false},
		"nothing":                              {"", false},
		"a token that lost its end on the way": {seal(t, key, good)[:40], false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			logins, err := newLogins(key)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := logins.admit(test.token, now); (err == nil) != test.want {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestASingleUseIsOne(t *testing.T) {
	logins, err := newLogins(key)
	if err != nil {
		t.Fatal(err)
	}
	token := seal(t, key, `{"username":"","expires":1000001,"singleUse":true}`)
	for number, want := range []bool{true, false} {
		if _, err := logins.admit(token, time.UnixMilli(1)); (err == nil) != want {
			t.Errorf("use %d: %v", number+1, err)
		}
	}
}

func seal(t *testing.T, secret, text string) string {
	t.Helper()
	key, err := hex.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	sign := hmac.New(sha256.New, key)
	sign.Write([]byte(text))
	plain := append(sign.Sum(nil), text...)
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	for range padding {
		plain = append(plain, byte(padding))
	}
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(plain, plain)
	return base64.StdEncoding.EncodeToString(plain)
}
