package incus

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Operation is something that the daemon does in the background. It goes on
// whether or not anybody waits for it.
type Operation struct {
	client *Client
	path   string
	result json.RawMessage
}

// Wait blocks until the operation has ended, and gives its error.
func (o *Operation) Wait(ctx context.Context) error {
	var ended struct {
		StatusCode int             `json:"status_code"`
		Err        string          `json:"err"`
		Metadata   json.RawMessage `json:"metadata"`
	}
	got, err := o.client.do(ctx, http.MethodGet, o.path+"/wait?timeout=-1", "", nil)
	if err != nil {
		return fmt.Errorf("wait for Incus: %w", err)
	}
	if err := json.Unmarshal(got.Metadata, &ended); err != nil {
		return fmt.Errorf("read how the operation ended: %w", err)
	}
	o.result = ended.Metadata
	if ended.StatusCode == http.StatusOK {
		return nil
	}
	return &Error{Code: http.StatusBadRequest, Message: ended.Err}
}

// Private

func (c *Client) operation(got envelope) (*Operation, error) {
	if got.Type != "async" || !strings.HasPrefix(got.Operation, "/1.0/operations/") {
		return nil, fmt.Errorf("read the answer: it names no operation, but is %q", got.Type)
	}
	path, _, _ := strings.Cut(got.Operation, "?")
	return &Operation{client: c, path: path, result: got.Metadata}, nil
}

// metadata reads what the operation itself has to say.
func (o *Operation) metadata(into any) error {
	if err := json.Unmarshal(o.result, into); err != nil {
		return fmt.Errorf("read the result of the operation: %w", err)
	}
	return nil
}
