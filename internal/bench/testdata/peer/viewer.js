import RFB from './novnc/core/rfb.js';

// The same settings as the real viewer's.
const rfb = new RFB(document.querySelector('#screen'), new URLSearchParams(location.search).get('ws'), { shared: true });
rfb.scaleViewport = true;
rfb.resizeSession = true;
