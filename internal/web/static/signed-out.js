// Who signs out leaves no pictures of desktops behind.
import { forget } from './thumbnails.js';

forget();
