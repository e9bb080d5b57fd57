// Who signs out leaves no pictures of desktops behind, and no texts. Whose session has
// only ended finds their text again.
import { forget as forgetTexts } from './drafts.js';
import { forget } from './thumbnails.js';

forget();
if (new URLSearchParams(location.search).has('signed-out')) forgetTexts();
