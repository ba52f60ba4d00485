// A CloudFront Function (runtime 2.0), run before the cache on what no service has claimed: addresses inside the
// page, such as /chat/weather, are answered with the page. A file that is missing stays missing, and so do the
// services' own 403 and 404, which an error response of the distribution would turn into the page.
// oxlint-disable-next-line no-unused-vars -- CloudFront calls it by this name
function handler(event) {
  const request = event.request;
  const lastSegment = request.uri.slice(request.uri.lastIndexOf('/') + 1);
  if (!lastSegment.includes('.')) request.uri = '/index.html';
  return request;
}
