package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Follow reports a deployment each time it has changed, until it is settled or
// gone. A stream that breaks is opened again.
func (c *Client) Follow(ctx context.Context, id string, report func(Deployment)) (Deployment, error) {
	for {
		d, err := c.Deployment(ctx, id)
		if err != nil {
			return d, err
		}
		report(d)
		if d.Status.Settled() {
			return d, nil
		}
		if err := c.stream(ctx, d, report); err != nil {
			return d, err
		}
	}
}

// Private

// pause keeps a server that closes every stream at once from being asked all the time.
const pause = time.Second

// stream reports progress as the events tell it, and returns at the first change
// of status, or when the stream ends: then it is time to look anew.
func (c *Client) stream(ctx context.Context, d Deployment, report func(Deployment)) error {
	response, err := c.send(ctx, http.MethodGet, "/api/deployments/"+url.PathEscape(d.ID)+"/events", nil,
		"Accept", "text/event-stream")
	if err != nil {
		if _, refused := errors.AsType[*AnswerError](err); refused {
			return err
		}
		return wait(ctx)
	}
	defer response.Body.Close() //nolint:errcheck // nothing was written
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(nil, 1<<20)
	event := ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "event":
			event = value
		case "data":
			if changed(event, value, &d, report) {
				return nil
			}
		}
	}
	return wait(ctx)
}

// changed takes an event in, and tells whether it is time to look anew: the status
// is another, or there is something to say that events do not carry.
func changed(event, data string, d *Deployment, report func(Deployment)) bool {
	switch event {
	case "status":
		var next Deployment
		return json.Unmarshal([]byte(data), &next) == nil && next.Status != d.Status
	case "note":
		return true
	case "progress":
		var progress Progress
		if json.Unmarshal([]byte(data), &progress) == nil && progress.Stage != d.Progress.Stage {
			d.Progress = progress
			report(*d)
		}
	}
	return false
}

func wait(ctx context.Context) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
