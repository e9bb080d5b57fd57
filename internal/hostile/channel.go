package hostile

import "golang.org/x/crypto/ssh"

// Opened is a channel that the control plane wants to have, by its own number.
type Opened struct {
	Kind        string
	ID          uint32
	Window, Max uint32
	Rest        []byte `ssh:"rest"`
}

// Open waits for the control plane to open a channel, and lets it in as far as
// the window goes.
func (w *Wire) Open(window uint32) (Opened, error) {
	opened, err := w.Asked()
	if err != nil {
		return opened, err
	}
	return opened, w.Confirm(opened.ID, window)
}

// Confirm lets a channel in.
func (w *Wire) Confirm(id, window uint32) error {
	return w.Send(ssh.Marshal(&struct {
		Type                    byte
		To, From, Window, Piece uint32
	}{msgOpenConfirm, id, id, window, 1 << 15}))
}

// Asked waits for the control plane to ask for a channel, and does not answer.
func (w *Wire) Asked() (opened Opened, err error) {
	packet, err := w.await(msgOpen)
	if err != nil {
		return opened, err
	}
	return opened, ssh.Unmarshal(packet[1:], &opened)
}

// Taken tells by how much the windows of channels grow, until the connection ends.
// It is there when it is asked.
func (w *Wire) Taken(more chan<- int) {
	for {
		packet, err := w.Receive()
		if err != nil {
			return
		}
		var adjust struct{ To, More uint32 }
		switch {
		case packet[0] == msgGlobalRequest:
			_ = w.Send([]byte{msgNo}) // the next packet tells if it cannot be sent
		case packet[0] == msgAdjust && ssh.Unmarshal(packet[1:], &adjust) == nil:
			more <- int(adjust.More)
		}
	}
}

// Data is a piece for a channel.
func Data(to uint32, piece []byte) []byte {
	return ssh.Marshal(&struct {
		Type  byte
		To    uint32
		Piece []byte
	}{msgData, to, piece})
}

// Stderr is a piece for a channel's error stream.
func Stderr(to uint32, piece []byte) []byte {
	return ssh.Marshal(&struct {
		Type     byte
		To, Kind uint32
		Piece    []byte
	}{msgExtendedData, to, 1, piece})
}

// About is a message about a channel that says nothing else.
func About(kind byte, to uint32) []byte {
	return ssh.Marshal(&struct {
		Type byte
		To   uint32
	}{kind, to})
}

// Request asks for something on a channel.
func Request(to uint32, what string, answer bool, rest []byte) []byte {
	return ssh.Marshal(&struct {
		Type   byte
		To     uint32
		What   string
		Answer bool
		Rest   []byte `ssh:"rest"`
	}{msgRequest, to, what, answer, rest})
}

// Wish asks for something that concerns the whole connection.
func Wish(what string, answer bool) []byte {
	return ssh.Marshal(&struct {
		Type   byte
		What   string
		Answer bool
	}{msgGlobalRequest, what, answer})
}

// Want asks for a channel.
func Want(kind string, id uint32) []byte {
	return ssh.Marshal(&struct {
		Type              byte
		Kind              string
		ID, Window, Piece uint32
	}{msgOpen, kind, id, 1 << 21, 1 << 15})
}
