package standin

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// push puts the image of one part into a repository of the registry: its layer and
// its configuration, and then the manifest that names them. It gives the digest by
// which the image is known.
func push(ctx context.Context, repository, part string, program []byte) (string, error) {
	layer, err := pack(part, program)
	if err != nil {
		return "", fmt.Errorf("pack the layer: %w", err)
	}
	image, err := newImage(part, layer)
	if err != nil {
		return "", fmt.Errorf("make the image: %w", err)
	}
	config, err := image.RawConfigFile()
	if err != nil {
		return "", fmt.Errorf("write the configuration: %w", err)
	}
	manifest, err := image.RawManifest()
	if err != nil {
		return "", fmt.Errorf("write the manifest: %w", err)
	}
	for _, blob := range [][]byte{layer, config} {
		hash, _, err := v1.SHA256(bytes.NewReader(blob))
		if err != nil {
			return "", fmt.Errorf("name a part: %w", err)
		}
		if err := send(ctx, http.MethodPost, repository+"/blobs/uploads/?digest="+hash.String(), "application/octet-stream", blob); err != nil {
			return "", err
		}
	}
	if err := send(ctx, http.MethodPut, repository+"/manifests/1.6.0", string(types.DockerManifestSchema2), manifest); err != nil {
		return "", err
	}
	digest, _, err := v1.SHA256(bytes.NewReader(manifest))
	if err != nil {
		return "", fmt.Errorf("name the image: %w", err)
	}
	return digest.String(), nil
}

func newImage(part string, layer []byte) (v1.Image, error) {
	image, err := mutate.AppendLayers(empty.Image, static.NewLayer(layer, types.DockerUncompressedLayer))
	if err != nil {
		return nil, err
	}
	file, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.Architecture, file.OS = runtime.GOARCH, "linux"
	file.Config = v1.Config{Entrypoint: []string{"/" + part}, Labels: map[string]string{"title": "STAND-IN for tests"}}
	return mutate.ConfigFile(image, file)
}

func send(ctx context.Context, method, url, kind string, content []byte) error {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(content))
	if err != nil {
		return fmt.Errorf("ask the registry: %w", err)
	}
	request.Header.Set("Content-Type", kind)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the registry: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusCreated {
		words, _ := io.ReadAll(io.LimitReader(response.Body, 1000))
		return fmt.Errorf("the registry answers %s: %s", response.Status, words)
	}
	return nil
}

// pack makes the layer: the program under the name of its part.
func pack(part string, program []byte) ([]byte, error) {
	var packed bytes.Buffer
	archive := tar.NewWriter(&packed)
	header := &tar.Header{Name: part, Mode: 0o755, Size: int64(len(program)), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return nil, err
	}
	if _, err := archive.Write(program); err != nil {
		return nil, err
	}
	return packed.Bytes(), archive.Close()
}
