package oceantest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// rounded is a price as DigitalOcean writes it: with the noise of a 32-bit number.
type rounded float64

// MarshalJSON writes 0.01786 as 0.01785999909043312.
func (r rounded) MarshalJSON() ([]byte, error) { return json.Marshal(float64(float32(r))) }

// answer is what a call is told, before it is known how it travels.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	dropped bool          // the connection ends instead
	slow    time.Duration // how long the second half of the body takes
}

// refusal is the shape of everything that DigitalOcean does not do.
type refusal struct {
	ID        string `json:"id"`
	Message   string `json:"message"`
	RequestID string `json:"request_id"`
}

func reply(status int, body any) *answer {
	made := &answer{status: status, header: http.Header{}}
	if body == nil {
		return made
	}
	encoded, err := json.Marshal(body)
	if err != nil {
		panic(err) // our own structs
	}
	made.body = encoded
	made.header.Set("Content-Type", "application/json; charset=utf-8")
	return made
}

// refuse answers with DigitalOcean's words for a status, or with others.
func refuse(status int, message string) *answer {
	id, words := words(status)
	if message != "" {
		words = message
	}
	return reply(status, refusal{ID: id, Message: words, RequestID: "00000000-0000-4000-8000-000000000000"})
}

func words(status int) (id, message string) {
	switch status {
	case http.StatusBadRequest:
		return "bad_request", "The request could not be read."
	case http.StatusUnauthorized:
		return "unauthorized", "Unable to authenticate you"
	case http.StatusForbidden:
		return "forbidden", "You are not authorized to perform this operation"
	case http.StatusNotFound:
		return "not_found", "The resource you were accessing could not be found."
	case http.StatusConflict:
		return "conflict", "duplicate name"
	case http.StatusUnprocessableEntity:
		return "unprocessable_entity", "The request was understood and is wrong."
	case http.StatusTooManyRequests:
		return "too_many_requests", "Too many requests"
	case http.StatusServiceUnavailable:
		return "service_unavailable", "Service Unavailable"
	}
	return "server_error", http.StatusText(status)
}

func seconds(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}
