package image

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/dictumal/dictumal"
	"github.com/dictumal/dictumal/internal/incus"
)

// present tells whether the alias names an image made from this recipe.
func (b *builder) present(ctx context.Context) (bool, error) {
	fingerprint, err := b.options.Client.ResolveAlias(ctx, b.options.Alias)
	if incus.NotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, unreachable(err)
	}
	image, err := b.options.Client.Image(ctx, fingerprint)
	if err != nil {
		return false, fmt.Errorf("look at the image %s: %w", b.options.Alias, err)
	}
	return image.Properties[digestKey] == b.digest, nil
}

// publish hands the finished files to Incus, points the alias at them and removes
// the image that the alias named before.
func (b *builder) publish(ctx context.Context) error {
	b.say("Importing the image %s into Incus", b.options.Alias)
	previous, err := b.options.Client.ResolveAlias(ctx, b.options.Alias)
	if err != nil && !incus.NotFound(err) {
		return unreachable(err)
	}
	fingerprint, err := b.importFiles(ctx)
	if err != nil {
		return err
	}
	if err := b.options.Client.SetAlias(ctx, b.options.Alias, fingerprint); err != nil {
		return fmt.Errorf("name the image %s: %w", b.options.Alias, err)
	}
	if previous != "" && previous != fingerprint {
		if err := b.options.Client.DeleteImage(ctx, previous); err != nil && !incus.NotFound(err) {
			return fmt.Errorf("remove the former image: %w", err)
		}
	}
	b.say("The image %s is ready.", b.options.Alias)
	return b.forgetOlder()
}

// forgetOlder removes what the cache holds of former recipes.
func (b *builder) forgetOlder() error {
	folders, err := filepath.Glob(filepath.Join(b.options.CacheDir, b.recipe.alias+"-"+strings.Repeat("?", digestLength)))
	if err != nil {
		return fmt.Errorf("look for older images: %w", err)
	}
	for _, folder := range folders {
		if folder == b.folder() {
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return fmt.Errorf("remove an older image: %w", err)
		}
	}
	return nil
}

func (b *builder) importFiles(ctx context.Context) (string, error) {
	metadata, err := os.Open(filepath.Join(b.folder(), metadataName))
	if err != nil {
		return "", fmt.Errorf("open the finished image: %w", err)
	}
	defer func() { _ = metadata.Close() }()
	root, err := os.Open(filepath.Join(b.folder(), rootName))
	if err != nil {
		return "", fmt.Errorf("open the finished image: %w", err)
	}
	defer func() { _ = root.Close() }()
	fingerprint, err := b.options.Client.ImportImage(ctx, metadata, root)
	if err == nil {
		return fingerprint, nil
	}
	// The same bytes may be there without our alias.
	known, hashErr := b.fingerprint()
	if hashErr != nil {
		return "", errors.Join(err, hashErr)
	}
	if _, lookErr := b.options.Client.Image(ctx, known); lookErr == nil {
		return known, nil
	}
	return "", fmt.Errorf("import the image: %w", err)
}

func unreachable(err error) error {
	return (&dictumal.Refusal{
		Reason:   dictumal.ReasonProviderMissing,
		Message:  "Incus does not answer on this host",
		NextStep: "Run `dictumal setup` to install and start it.",
		Cause:    err,
	})
}
