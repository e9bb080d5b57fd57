package hostile

import (
	"errors"

	"golang.org/x/crypto/ssh"
)

// Desktop does a VNC server's part on a channel, as far as a viewer's own beginning.
func (w *Wire) Desktop(to uint32) error {
	for _, step := range []struct {
		says  string
		hears int
	}{{"RFB 003.008\n", 12}, {"\x01\x01", 1}, {"\x00\x00\x00\x00", 1}} {
		if err := w.Send(Data(to, []byte(step.says))); err != nil {
			return err
		}
		if err := w.hear(step.hears); err != nil {
			return err
		}
	}
	return nil
}

// KeepAlive answers what is asked of the whole connection, until it ends.
func (w *Wire) KeepAlive() {
	for {
		packet, err := w.Receive()
		if err != nil || packet[0] == msgGlobalRequest && w.Send([]byte{msgNo}) != nil {
			return
		}
	}
}

// Private

// hear waits for so many bytes of data.
func (w *Wire) hear(n int) error {
	for n > 0 {
		packet, err := w.await(msgData)
		if err != nil {
			return err
		}
		var data struct {
			To    uint32
			Piece []byte
		}
		if err := ssh.Unmarshal(packet[1:], &data); err != nil {
			return err
		}
		n -= len(data.Piece)
	}
	if n < 0 {
		return errors.New("more was said than expected")
	}
	return nil
}
