-- By which token a launch code was made, and so the session that it opens: both end
-- with it. Empty: by none that ends.
ALTER TABLE code ADD COLUMN token_id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN token_id TEXT NOT NULL DEFAULT '';
