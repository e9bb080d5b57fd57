package incus

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/coder/websocket"
)

// Event is a change in an instance's life.
type Event struct {
	Action   string // as "instance-started"
	Instance string
}

// Events calls each with every change of an instance in the client's project,
// until the context ends or the connection breaks. It calls listening
// once nothing that happens from then on is missed; its error ends it all.
func (c *Client) Events(ctx context.Context, listening func() error, each func(Event)) error {
	opening, cancel := context.WithTimeout(ctx, c.patience)
	defer cancel()                                                                     // of the handshake only; the stream goes on
	conn, _, err := websocket.Dial(opening, c.url("ws", "/1.0/events?type=lifecycle"), //nolint:bodyclose // the library closes it
		&websocket.DialOptions{HTTPClient: c.http})
	c.contact.note(opening, err)
	if err != nil {
		return fmt.Errorf("listen to Incus: %w", err)
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	if err := listening(); err != nil {
		return err
	}
	for {
		_, message, err := conn.Read(ctx)
		if ended := ctx.Err(); ended != nil {
			return fmt.Errorf("listen to Incus: %w", ended) // the library may say that it closed
		}
		if err != nil {
			return fmt.Errorf("listen to Incus: %w", err)
		}
		if event, ok := parseEvent(message); ok {
			each(event)
		}
	}
}

// Private

func parseEvent(message []byte) (Event, bool) {
	var got struct {
		Metadata struct {
			Action string `json:"action"`
			Source string `json:"source"`
		} `json:"metadata"`
	}
	if json.Unmarshal(message, &got) != nil {
		return Event{}, false
	}
	path, _, _ := cut(got.Metadata.Source)
	name, ok := strings.CutPrefix(path, "/1.0/instances/")
	if !ok {
		return Event{}, false
	}
	name, _, _ = strings.Cut(name, "/")
	return Event{Action: got.Metadata.Action, Instance: name}, true
}
