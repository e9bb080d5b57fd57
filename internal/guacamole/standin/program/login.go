package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// logins admits whoever brings a token that the key made. It was written from the
// description of the format, apart from the program that makes tokens.
type logins struct {
	key   []byte
	block cipher.Block

	mu   sync.Mutex
	used map[string]bool
}

func newLogins(secret string) (*logins, error) {
	key, err := hex.DecodeString(secret)
	if err != nil {
		return nil, fmt.Errorf("read JSON_SECRET_KEY: %w", err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("use JSON_SECRET_KEY: %w", err)
	}
	return &logins{key: key, block: block, used: map[string]bool{}}, nil
}

// login is what a token holds.
type login struct {
	Username    string                `json:"username"`
	Expires     int64                 `json:"expires"` // milliseconds; none where absent
	SingleUse   bool                  `json:"singleUse"`
	Connections map[string]connection `json:"connections"`
}

type connection struct {
	ID         string            `json:"id"`
	Protocol   string            `json:"protocol"`
	Join       string            `json:"join"`
	Parameters map[string]string `json:"parameters"`
	SingleUse  bool              `json:"singleUse"`
}

// admit gives the name of the user whom a token lets in.
func (l *logins) admit(data string, now time.Time) (string, error) {
	signature, text, err := l.open(data)
	if err != nil {
		return "", err
	}
	var found login
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&found); err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	if found.Expires != 0 && now.UnixMilli() > found.Expires {
		return "", errors.New("the token has expired")
	}
	if !found.SingleUse {
		return found.Username, nil
	}
	if found.Expires == 0 {
		return "", errors.New("a token for a single use needs an end")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.used[string(signature)] {
		return "", errors.New("the token has been used")
	}
	l.used[string(signature)] = true
	return found.Username, nil
}

// open decrypts a token and checks who signed it.
func (l *logins) open(data string) (signature, text []byte, err error) {
	if strings.ContainsAny(data, "\r\n") { // which Go's decoder would overlook
		return nil, nil, errors.New("the token is no proper base64")
	}
	sealed, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, nil, fmt.Errorf("decode the token: %w", err)
	}
	if len(sealed) == 0 || len(sealed)%aes.BlockSize != 0 {
		return nil, nil, errors.New("the token has no whole blocks")
	}
	plain := make([]byte, len(sealed))
	cipher.NewCBCDecrypter(l.block, make([]byte, aes.BlockSize)).CryptBlocks(plain, sealed)
	padding := int(plain[len(plain)-1])
	if padding < 1 || padding > aes.BlockSize || len(plain)-padding < sha256.Size {
		return nil, nil, errors.New("the token's padding is wrong")
	}
	plain = plain[:len(plain)-padding]
	signature, text = plain[:sha256.Size], plain[sha256.Size:]
	sign := hmac.New(sha256.New, l.key)
	sign.Write(text)
	if !hmac.Equal(signature, sign.Sum(nil)) {
		return nil, nil, errors.New("the token was signed by another key")
	}
	return signature, text, nil
}
