package rfb

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
)

// maxReason is as much as is read of a server's reason for a refusal.
const maxReason = 256

// Greet reads a VNC server's greeting and answers it.
func Greet(conn io.ReadWriter) error {
	var greeting [len(version)]byte
	if _, err := io.ReadFull(conn, greeting[:]); err != nil {
		return fmt.Errorf("read the VNC server's greeting: %w", err)
	}
	if string(greeting[:]) < version || !strings.HasPrefix(string(greeting[:]), "RFB ") {
		return faultf("The VNC server greets with %q, not with version 3.8 or newer.", greeting)
	}
	if _, err := io.WriteString(conn, version); err != nil {
		return fmt.Errorf("answer the VNC server's greeting: %w", err)
	}
	return nil
}

// Authenticate goes on from [Greet] to the point where a viewer's ClientInit is
// expected. The password is used only where the server insists on one.
func Authenticate(conn io.ReadWriter, password string) error {
	offered, err := securityTypes(conn)
	if err != nil {
		return err
	}
	switch {
	case slices.Contains(offered, securityNone):
		_, err = conn.Write([]byte{securityNone})
	case slices.Contains(offered, securityVNCAuth):
		err = answerChallenge(conn, password)
	default:
		return faultf("The VNC server offers only the security types %v, and none of them is known here.", offered)
	}
	if err != nil {
		return fmt.Errorf("authenticate to the VNC server: %w", err)
	}
	return securityResult(conn)
}

// Private

func securityTypes(conn io.Reader) ([]byte, error) {
	var count [1]byte
	if _, err := io.ReadFull(conn, count[:]); err != nil {
		return nil, fmt.Errorf("read the VNC server's security types: %w", err)
	}
	if count[0] == 0 {
		return nil, refused(conn)
	}
	types := make([]byte, count[0])
	if _, err := io.ReadFull(conn, types); err != nil {
		return nil, fmt.Errorf("read the VNC server's security types: %w", err)
	}
	return types, nil
}

func answerChallenge(conn io.ReadWriter, password string) error {
	if _, err := conn.Write([]byte{securityVNCAuth}); err != nil {
		return err
	}
	var challenge [16]byte
	if _, err := io.ReadFull(conn, challenge[:]); err != nil {
		return err
	}
	response, err := vncResponse(password, challenge)
	if err != nil {
		return err
	}
	_, err = conn.Write(response[:])
	return err
}

func securityResult(conn io.Reader) error {
	var result [4]byte
	if _, err := io.ReadFull(conn, result[:]); err != nil {
		return fmt.Errorf("read the VNC server's security result: %w", err)
	}
	if binary.BigEndian.Uint32(result[:]) != 0 {
		return refused(conn)
	}
	return nil
}

// refused reads the reason that follows a refusal. Text from a machine is not
// to be trusted: it is cut short, and only what can be printed remains.
func refused(conn io.Reader) error {
	var length [4]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return faultf("The VNC server refuses the connection and gives no reason.")
	}
	reason := make([]byte, min(binary.BigEndian.Uint32(length[:]), maxReason))
	n, _ := io.ReadFull(conn, reason) // what has come is better than nothing
	text := strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(reason[:n]), ""))
	return faultf("The VNC server refuses the connection: %s.", strings.TrimRight(text, ". "))
}
