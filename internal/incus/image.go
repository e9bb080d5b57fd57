package incus

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"time"
)

// Image is an image in the project's store.
type Image struct {
	Fingerprint string            `json:"fingerprint"`
	Size        int64             `json:"size"`
	Properties  map[string]string `json:"properties"`
	CreatedAt   time.Time         `json:"created_at"`
	UploadedAt  time.Time         `json:"uploaded_at"`
	Aliases     []struct {
		Name string `json:"name"`
	} `json:"aliases"`
}

// Image gets an image by its fingerprint.
func (c *Client) Image(ctx context.Context, fingerprint string) (Image, error) {
	var image Image
	err := c.call(ctx, http.MethodGet, "/1.0/images/"+escape(fingerprint), nil, &image)
	return image, err
}

// Images lists the project's images.
func (c *Client) Images(ctx context.Context) ([]Image, error) {
	var images []Image
	err := c.call(ctx, http.MethodGet, "/1.0/images?recursion=1", nil, &images)
	return images, err
}

// ImportImage stores an image that comes in one piece (rootfs nil: a unified
// tarball) or in two (metadata tarball and squashfs or tarball of the root), and
// gives its fingerprint.
func (c *Client) ImportImage(ctx context.Context, metadata, rootfs io.Reader) (string, error) {
	contentType, body := "application/octet-stream", metadata
	if rootfs != nil {
		contentType, body = inParts(metadata, rootfs)
	}
	got, err := c.do(ctx, http.MethodPost, "/1.0/images", contentType, body)
	if err != nil {
		return "", err
	}
	operation, err := c.operation(got)
	if err != nil {
		return "", err
	}
	if err := operation.Wait(ctx); err != nil {
		return "", err
	}
	var stored struct {
		Fingerprint string `json:"fingerprint"`
	}
	err = operation.metadata(&stored)
	return stored.Fingerprint, err
}

// DeleteImage removes an image and its aliases.
func (c *Client) DeleteImage(ctx context.Context, fingerprint string) error {
	operation, err := c.start(ctx, http.MethodDelete, "/1.0/images/"+escape(fingerprint), nil)
	if err != nil {
		return err
	}
	return operation.Wait(ctx)
}

// ResolveAlias gives the fingerprint of the image that an alias names.
func (c *Client) ResolveAlias(ctx context.Context, alias string) (string, error) {
	var found struct {
		Target string `json:"target"`
	}
	err := c.call(ctx, http.MethodGet, "/1.0/images/aliases/"+escape(alias), nil, &found)
	return found.Target, err
}

// SetAlias makes an alias name this image, whatever it named before.
func (c *Client) SetAlias(ctx context.Context, alias, fingerprint string) error {
	body := struct {
		Name   string `json:"name"`
		Target string `json:"target"`
	}{alias, fingerprint}
	err := c.call(ctx, http.MethodPut, "/1.0/images/aliases/"+escape(alias), body, nil)
	if NotFound(err) {
		err = c.call(ctx, http.MethodPost, "/1.0/images/aliases", body, nil)
	}
	return err
}

// Private

// inParts streams both files as a form, without holding them in memory.
func inParts(metadata, rootfs io.Reader) (contentType string, body io.Reader) {
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	go func() {
		err := writePart(form, "metadata", metadata)
		if err == nil {
			err = writePart(form, "rootfs", rootfs)
		}
		if err == nil {
			err = form.Close()
		}
		writer.CloseWithError(err)
	}()
	return form.FormDataContentType(), reader
}

func writePart(form *multipart.Writer, name string, content io.Reader) error {
	part, err := form.CreateFormFile(name, name)
	if err != nil {
		return fmt.Errorf("begin the part %s: %w", name, err)
	}
	if _, err := io.Copy(part, content); err != nil {
		return fmt.Errorf("send the part %s: %w", name, err)
	}
	return nil
}
