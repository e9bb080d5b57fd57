package incus

import (
	"context"
	"fmt"
	"io"
	"net/http"
)

// Result is how a command in an instance ended.
type Result struct {
	Code   int
	Stdout string
	Stderr string
}

// Exec runs a command as root in a running instance and waits for its end.
func (c *Client) Exec(ctx context.Context, name string, command ...string) (Result, error) {
	order := struct {
		Command      []string          `json:"command"`
		RecordOutput bool              `json:"record-output"`
		Environment  map[string]string `json:"environment"`
	}{command, true, map[string]string{"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}}
	operation, err := c.start(ctx, http.MethodPost, "/1.0/instances/"+escape(name)+"/exec", order)
	if err != nil {
		return Result{}, err
	}
	if err := operation.Wait(ctx); err != nil {
		return Result{}, err
	}
	var ended struct {
		Return int               `json:"return"`
		Output map[string]string `json:"output"`
	}
	if err := operation.metadata(&ended); err != nil {
		return Result{}, err
	}
	result := Result{Code: ended.Return}
	if result.Stdout, err = c.takeOutput(ctx, ended.Output["1"]); err != nil {
		return Result{}, err
	}
	if result.Stderr, err = c.takeOutput(ctx, ended.Output["2"]); err != nil {
		return Result{}, err
	}
	return result, nil
}

// Private

// takeOutput reads a recorded output and removes it; the daemon would keep it.
func (c *Client) takeOutput(ctx context.Context, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url("http", path), nil)
	if err != nil {
		return "", fmt.Errorf("build the request for an output: %w", err)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return "", fmt.Errorf("get an output: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return "", fmt.Errorf("read an output: %w", err)
	}
	return string(text), c.call(ctx, http.MethodDelete, path, nil, nil)
}
